import TestSupport
import Wire

/// The strict parser and the writer: what is accepted reads back the same, what is not is refused at a place within the
/// text, and what is written never has a character that a terminal acts on.
enum JSONTarget {
    static func run(_ input: [UInt8]) throws(FuzzFinding) -> String {
        let value: JSON
        do throws(JSONError) {
            value = try parse(input)
        } catch {
            guard (0...input.count).contains(error.offset) else { throw FuzzFinding("\(error), beyond the text") }
            return "\(error.code)"
        }
        let written = value.bytes
        guard OutputLine.isProper(written) else { throw FuzzFinding("written with raw control characters: \(written)") }
        guard let again = try? parse(written), again == value else {
            throw FuzzFinding("does not read back: \(String(decoding: written, as: UTF8.self))")
        }
        guard again.bytes == written else { throw FuzzFinding("is written in two ways") }
        guard depth(value) <= JSONLimits.line.depth else { throw FuzzFinding("nests \(depth(value)) deep") }
        return value.typeName
    }

    /// Parses from memory of just that size, at an odd address.
    private static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 8)
        defer { memory.deallocate() }
        memory.copyBytes(from: [0] + bytes)
        return try JSON(parsing: UnsafeRawBufferPointer(rebasing: memory[1...]))
    }

    private static func depth(_ value: JSON) -> Int {
        switch value {
        case .array(let values): 1 + (values.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.map { depth($0.value) }.max() ?? 0)
        default: 0
        }
    }
}
