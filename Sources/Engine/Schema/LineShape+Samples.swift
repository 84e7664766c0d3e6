import Wire

/// Lines as they may look, made from the fields' examples.
extension LineShape {
    /// Sample lines: with every field, with what must be there alone; and for fields that exclude each other one line
    /// for each of them.
    public var samples: [JSON] {
        var lines: [JSON] = []
        let preferences = [nil] + alternatives.flatMap(\.names).map(Optional.some)
        for everything in [true, false] {
            for preferred in preferences {
                let line = sample(everything: everything, preferring: preferred)
                if !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }

    /// A line with every field that may stand on it.
    public var sample: JSON { sample(everything: true, preferring: nil) }

    private func sample(everything: Bool, preferring preferred: String?) -> JSON {
        var chosen: Set<String> = preferred.map { [$0] } ?? []
        for field in fields where !conflicts(field.name, with: chosen) {
            if everything || field.isRequired { chosen.insert(field.name) }
        }
        for alternative in alternatives where alternative.isRequired {
            guard chosen.isDisjoint(with: alternative.names) else { continue }
            if let name = alternative.names.first(where: { !conflicts($0, with: chosen) }) { chosen.insert(name) }
        }
        let members = fields.filter { chosen.contains($0.name) }
        return .object(members.map { JSON.Member(name: $0.name, value: $0.sample) })
    }

    private func conflicts(_ name: String, with chosen: Set<String>) -> Bool {
        alternatives.contains { alternative in
            alternative.names.contains(name) && alternative.names.contains { $0 != name && chosen.contains($0) }
        }
    }
}

extension FieldSpec {
    /// A value that the field may have: its example, or what its type offers.
    var sample: JSON { example ?? type.sample ?? .null }
}

extension FieldType {
    /// A value of this type; nil where only the field knows what makes sense.
    var sample: JSON? {
        switch self {
        case .boolean: .bool(true)
        case .choice(let words): words.first.map(JSON.string)
        case .time: .string("2026-11-20T22:31:04.118Z")
        case .peer: Fields.peer.example
        case .target: Fields.peerTarget.example
        case .multiaddr: Fields.address.example
        case .messageID: Fields.message.example
        case .list(let element, _): element.sample.map { .array([$0]) }
        case .object(let fields): .object(fields.map { JSON.Member(name: $0.name, value: $0.sample) })
        case .string, .integer, .number, .duration, .base64, .identifier, .any: nil
        }
    }
}
