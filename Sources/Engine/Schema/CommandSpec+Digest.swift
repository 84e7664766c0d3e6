import Crypto
import Wire

/// The content of a command, as idempotency keys compare it.
extension CommandSpec {
    /// SHA-256 over the command's name and arguments: the order of members, blanks and escapes do not count, nor does
    /// whether a default is written out. The envelope is no part of it.
    func digest(of members: [JSON.Member]) -> [UInt8] {
        var content = members.filter { !Envelope.isReserved($0.name) }
        for index in content.indices {
            // A plain value means the same as a list of it alone.
            guard case .list? = argument(content[index].name)?.type else { continue }
            content[index] = JSON.Member(content[index].name, .array(content[index].value.elements))
        }
        for argument in arguments where !content.contains(argument.name) {
            if let value = argument.defaultValue { content.append(JSON.Member(argument.name, value)) }
        }
        content.append(JSON.Member(Fields.cmd.name, .string(name)))
        return SHA256.hash(JSON.object(content).canonical.bytes)
    }
}

extension JSON {
    /// The same value with the members of every object in the order of their names. The parser bounds the depth.
    fileprivate var canonical: JSON {
        switch self {
        case .object(let members):
            .object(
                members.map { JSON.Member($0.name, $0.value.canonical) }.sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                })
        case .array(let values): .array(values.map(\.canonical))
        default: self
        }
    }
}
