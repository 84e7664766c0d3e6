import Wire

/// Compares a line with one of another run, by what the schema says about each field.
struct LineComparison {
    let language: Language
    /// Whether members that only the new line has are differences: not if a newer linnet wrote it.
    let isSameVersion: Bool
    /// What is called otherwise. Grows with each comparison that finds no difference.
    var names = Renaming()

    /// The members in which a line differs from the one that was expected; empty if it is as it should be.
    ///
    /// - Parameter ignoring: Members that are not looked at.
    mutating func differences(_ expected: JSON, _ got: JSON, ignoring: Set<String> = []) -> [String] {
        // Lines of different kinds have nothing else to compare.
        if expected["type"] != got["type"] { return ["type"] }
        var trial = names
        let fields = fields(of: expected)
        let found = differences(
            expected.objectValue ?? [], got.objectValue ?? [], fields, ignoring, &trial)
        if found.isEmpty { names = trial }
        return found
    }

    /// How the members of a line compare.
    private func fields(of line: JSON) -> [FieldSpec] {
        let command = line["cmd"]?.stringValue.flatMap { name in language.commands.first { $0.name == name } }
        switch line["type"]?.stringValue {
        case "ok": return command?.answer ?? []
        case "item": return command?.item ?? []
        case "error":
            let details = language.errors.first { $0.code == line["code"]?.stringValue }?.details ?? []
            return [Fields.errorText] + details
        case let type?: return language.events.first { $0.name == type }.map { $0.envelope + $0.fields } ?? []
        case nil: return []
        }
    }

    private func differences(
        _ expected: [JSON.Member], _ got: [JSON.Member], _ fields: [FieldSpec], _ ignoring: Set<String>,
        _ names: inout Renaming
    ) -> [String] {
        var found: [String] = []
        for member in expected where !ignoring.contains(member.name) {
            let field = fields.first { $0.name == member.name }
            guard let value = got.value(member.name), isSame(member.value, value, field, &names) else {
                found.append(member.name)
                continue
            }
        }
        if isSameVersion { found += got.map(\.name).filter { !ignoring.contains($0) && !expected.contains($0) } }
        return found
    }

    private func isSame(_ expected: JSON, _ got: JSON, _ field: FieldSpec?, _ names: inout Renaming) -> Bool {
        if field?.isSecret == true { return true }
        return isSame(expected, got, field?.type ?? .any, field?.stability ?? .same, &names)
    }

    private func isSame(
        _ expected: JSON, _ got: JSON, _ type: FieldType, _ stability: Stability, _ names: inout Renaming
    ) -> Bool {
        switch stability {
        case .measured: return isAlike(expected, got, type, &names)
        case .prose: return prose(names.rewrite(expected)) == prose(got)
        case .renamed: return isRenamed(expected, got, type, &names)
        case .same: return isEqual(expected, got, type, &names)
        }
    }
}

/// The ways of being the same
extension LineComparison {
    /// Both there, and of one kind. Addresses and ids tell their new names as far as they can.
    private func isAlike(_ expected: JSON, _ got: JSON, _ type: FieldType, _ names: inout Renaming) -> Bool {
        if case .array(let old) = expected, case .array(let new) = got, case .list(let element, _) = type {
            for (one, other) in zip(old, new) {
                var trial = names
                if isSame(one, other, element, element.stability, &trial) { names = trial }
            }
            return old.isEmpty == new.isEmpty
        }
        return expected.typeName == got.typeName || (expected.doubleValue != nil && got.doubleValue != nil)
    }

    private func isRenamed(_ expected: JSON, _ got: JSON, _ type: FieldType, _ names: inout Renaming) -> Bool {
        switch (expected, got, type) {
        case (.array(let old), .array(let new), .list(let element, _)):
            guard old.count == new.count else { return false }
            for (one, other) in zip(old, new) where !isRenamed(one, other, element, &names) { return false }
            return true
        case (.string(let old), .string(let new), .multiaddr): return isRenamed(address: old, new, &names)
        case (.string(let old), .string(let new), _): return names.bind(.identifier, old, new)
        case (.integer(let old), .integer(let new), _): return names.bind(.sequence, "\(old)", "\(new)")
        default: return false
        }
    }

    /// The same but for ports and ids.
    private func isRenamed(address old: String, _ new: String, _ names: inout Renaming) -> Bool {
        let (parts, others) = (old.split(separator: "/"), new.split(separator: "/"))
        guard parts.count == others.count else { return false }
        var before: Substring?
        for (part, other) in zip(parts, others) {
            defer { before = part }
            switch before {
            case "tcp", "udp":
                guard names.bind(.port, String(part), String(other)) else { return false }
            case "p2p":
                guard names.bind(.identifier, String(part), String(other)) else { return false }
            default:
                guard part == other else { return false }
            }
        }
        return true
    }

    private func isEqual(_ expected: JSON, _ got: JSON, _ type: FieldType, _ names: inout Renaming) -> Bool {
        switch (expected, got) {
        case (.array(let old), .array(let new)):
            guard old.count == new.count else { return false }
            let element: FieldType = if case .list(let element, _) = type { element } else { .any }
            for (one, other) in zip(old, new) where !isSame(one, other, element, element.stability, &names) {
                return false
            }
            return true
        case (.object(let old), .object(let new)):
            var fields: [FieldSpec] = []
            if case .object(let declared) = type { fields = declared }
            // An event within a line, as events.replay has them.
            if fields.isEmpty { fields = self.fields(of: expected) }
            return differences(old, new, fields, [], &names).isEmpty
        case (.string(let old), .string(let new)): return names.rewrite(old) == new
        default: return expected == got
        }
    }

    /// A sentence with a sign in the place of every number.
    private func prose(_ value: JSON) -> JSON {
        guard case .string(let text) = value else { return value }
        var result = ""
        var isNumber = false
        for scalar in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit, !isNumber { result += "#" }
            if !isDigit, !(isNumber && scalar == ".") { result.unicodeScalars.append(scalar) }
            isNumber = isDigit || (isNumber && scalar == ".")
        }
        return .string(result)
    }
}
