import Crypto

/// The normal forms of Unicode (UAX 15): one spelling of a text, so that a passphrase gives the same key whichever
/// keyboard it was typed on. They are made in guarded memory.
public enum NormalForm {
    /// Form KD of a text in UTF-8, in UTF-8: what looks alike is the same, and everything stands in its parts.
    ///
    /// Throws ``NormalFormError/notUTF8(offset:)``, and ``NormalFormError/unassigned(_:)`` for characters of which this
    /// program cannot know the normal form, as they are newer than its tables.
    public static func kd(_ text: UnsafeRawBufferPointer) throws(NormalFormError) -> SecretBytes {
        if text.allSatisfy({ $0 < 0x80 }) { return SecretBytes(copying: text) }
        return withScalars(try decomposed(text, by: .compatible), encoded)
    }

    /// Form C of a text in UTF-8, in UTF-8: the same characters, each in as few scalars as it can be.
    ///
    /// Throws as ``kd(_:)`` does.
    public static func c(_ text: UnsafeRawBufferPointer) throws(NormalFormError) -> SecretBytes {
        if text.allSatisfy({ $0 < 0x80 }) { return SecretBytes(copying: text) }
        return try withComposed(text, body: encoded)
    }

    /// Gives the closure the scalars of form C, after each scalar of the text was replaced by another.
    static func withComposed<Result>(
        _ text: UnsafeRawBufferPointer, replacing replace: (Unicode.Scalar) -> Unicode.Scalar = { $0 },
        body: (UnsafeBufferPointer<UInt32>) -> Result
    ) throws(NormalFormError) -> Result {
        let decomposed = try decomposed(text, by: .canonical, replacing: replace)
        var count = 0
        let scalars = SecretBytes(count: decomposed.count) { room in
            decomposed.withUnsafeBytes { room.copyMemory(from: $0) }
            room.withMemoryRebound(to: UInt32.self) { count = compose($0) }
        }
        return withScalars(scalars) { body(UnsafeBufferPointer(rebasing: $0.prefix(count))) }
    }

    /// The scalars of a text in UTF-8.
    static func encoded(_ scalars: UnsafeBufferPointer<UInt32>) -> SecretBytes {
        let scalars = scalars.lazy.compactMap(Unicode.Scalar.init)
        return SecretBytes(count: scalars.reduce(0) { $0 + Unicode.UTF8.width($1) }) { text in
            var end = 0
            for byte in scalars.compactMap(Unicode.UTF8.encode).joined() {
                text[end] = byte
                end += 1
            }
        }
    }
}

/// How they are made
extension NormalForm {
    /// The scalars of the decomposed text, with its marks in order.
    private static func decomposed(
        _ text: UnsafeRawBufferPointer, by decomposition: Decomposition,
        replacing replace: (Unicode.Scalar) -> Unicode.Scalar = { $0 }
    ) throws(NormalFormError) -> SecretBytes {
        var count = 0
        try forEachScalar(of: text) { scalar in decomposition.decompose(replace(scalar).value) { _ in count += 1 } }
        return SecretBytes(count: count * MemoryLayout<UInt32>.size) { room in
            room.withMemoryRebound(to: UInt32.self) { scalars in
                var end = 0
                // The text was sound a moment ago.
                try? forEachScalar(of: text) { scalar in
                    decomposition.decompose(replace(scalar).value) { part in
                        scalars[end] = part
                        end += 1
                    }
                }
                reorder(scalars)
            }
        }
    }

    private static func forEachScalar(
        of text: UnsafeRawBufferPointer, _ body: (Unicode.Scalar) -> Void
    ) throws(NormalFormError) {
        var decoder = Unicode.UTF8()
        var bytes = text.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&bytes) {
            case .scalarValue(let scalar):
                guard CompatibilityTable.knows(scalar) else { throw .unassigned(scalar.value) }
                body(scalar)
                offset += Unicode.UTF8.width(scalar)
            case .emptyInput: return
            case .error: throw .notUTF8(offset: offset)
            }
        }
    }

    /// Sorts each run of combining marks by class; marks of one class stay in their order (UAX 15, D108).
    private static func reorder(_ scalars: UnsafeMutableBufferPointer<UInt32>) {
        for index in scalars.indices.dropFirst() {
            let mark = scalars[index]
            let rank = combiningClass(of: mark)
            guard rank > 0 else { continue }
            var place = index
            while place > 0, combiningClass(of: scalars[place - 1]) > rank {
                scalars[place] = scalars[place - 1]
                place -= 1
            }
            scalars[place] = mark
        }
    }

    /// Composes what composes (UAX 15, D117), in place; answers how many scalars are left.
    private static func compose(_ scalars: UnsafeMutableBufferPointer<UInt32>) -> Int {
        var end = 0
        var starter: Int?
        // The class of what stands last behind the starter: a mark behind one of its own class, or a higher one, is
        // blocked from it.
        var lastClass: UInt8 = 0
        for index in scalars.indices {
            let scalar = scalars[index]
            let rank = combiningClass(of: scalar)
            if let place = starter, place == end - 1 || lastClass < rank,
                let composite = Composition.shared.composite(of: scalars[place], scalar)
            {
                scalars[place] = composite
                continue
            }
            if rank == 0 { starter = end }
            lastClass = rank
            scalars[end] = scalar
            end += 1
        }
        return end
    }

    private static func combiningClass(of scalar: UInt32) -> UInt8 {
        Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0
    }

    private static func withScalars<Result>(
        _ scalars: SecretBytes, _ body: (UnsafeBufferPointer<UInt32>) -> Result
    ) -> Result {
        scalars.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: UInt32.self) { body($0) }
        }
    }
}

/// Why a text has no normal form here.
public enum NormalFormError: Error, Equatable, Sendable {
    /// The bytes are not UTF-8, from this one on, counted from 0.
    case notUTF8(offset: Int)
    /// A character that no version of Unicode that this program knows has assigned; the number is its code point.
    case unassigned(UInt32)
}

extension NormalFormError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .notUTF8(let offset): "not UTF-8 at byte \(offset)"
        case .unassigned(let scalar):
            "the character U+\(String(scalar, radix: 16, uppercase: true)) is unknown: its normal form may change"
        }
    }
}
