import Wire

/// Lines as they may look, made from the fields' examples.
extension LineShape {
    /// Sample lines: with every field, with what must be there alone; and for fields that exclude each other one line
    /// for each of them.
    public var samples: [JSON] {
        var lines: [JSON] = []
        for everything in [true, false] {
            let choices = alternatives.filter { everything || $0.isRequired }.flatMap(\.names)
            for preferred in [nil] + choices.map(Optional.some) {
                let line = sample(everything: everything, preferring: preferred)
                if !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }

    /// A line with every field that may stand there, but for these.
    public func sample(without names: String...) -> JSON {
        let members = sample(everything: true, preferring: nil).objectValue ?? []
        return .object(members.filter { !names.contains($0.name) })
    }

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
            alternative.isExclusive && alternative.names.contains(name)
                && alternative.names.contains { $0 != name && chosen.contains($0) }
        }
    }
}

extension ErrorSpec {
    /// A line of this kind, as it may come about.
    public var sample: JSON {
        let isOfLine = example.command != nil || exit == .badData
        let line = LineShape.error(self).sample(without: isOfLine ? "" : Fields.line.name)
        return .object(
            (line.objectValue ?? []).compactMap { member in
                switch member.name {
                case Fields.id.name: example.command == nil ? nil : member
                case Fields.cmd.name: example.command.map { Fields.cmd.detail(.string($0)) }
                case Fields.field.name: example.field.map { Fields.field.detail(.string($0)) }
                default: member
                }
            })
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
