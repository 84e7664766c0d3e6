import Wire

/// Holds values against a JSON Schema: the few keywords that the language's document uses, and no other, so that a
/// keyword that is added there has to be added here.
public struct SchemaChecker: @unchecked Sendable {
    private let document: JSON
    private let patterns: [String: Regex<AnyRegexOutput>]

    /// A checker for this document.
    public init(_ document: JSON) throws {
        self.document = document
        var patterns: [String: Regex<AnyRegexOutput>] = [:]
        for pattern in Self.patterns(in: document) { patterns[pattern] = try Regex(pattern) }
        self.patterns = patterns
    }

    /// What is wrong with a value; nil if it fits the definition with this name.
    public func problem(with value: JSON, as definition: String) -> String? {
        guard let schema = document["$defs"]?[definition] else { return "there is no definition \(definition)" }
        return problem(value, schema, at: definition)
    }

    /// What is wrong with a value; nil if it fits the document.
    public func problem(with value: JSON) -> String? { problem(value, document, at: "") }

    /// What is wrong with a line that came out: what its own definition says, a key that the definition does not have,
    /// or one at the wrong place.
    public func problem(withOutput line: JSON) -> String? {
        guard let type = line["type"]?.stringValue, let members = line.objectValue else { return "it has no type" }
        let name =
            switch type {
            case "ok", "item", "progress": "\(type).\(line["cmd"]?.stringValue ?? "")"
            case "error": "error.\(line["code"]?.stringValue ?? "")"
            default: "event.\(type)"
            }
        if let problem = problem(with: line, as: name) { return problem }
        var rest = (document["$defs"]?[name]?["properties"]?.objectValue ?? []).map(\.name)[...]
        for member in members {
            guard let index = rest.firstIndex(of: member.name) else {
                return "\(name): '\(member.name)' is not declared, or comes too late"
            }
            rest = rest[(index + 1)...]
        }
        // An event within a line, as events.replay has them, is a line of its own.
        if let event = line["event"], event["type"] != nil { return problem(withOutput: event) }
        return nil
    }

    private func problem(_ value: JSON, _ schema: JSON, at path: String) -> String? {
        for keyword in schema.objectValue ?? [] {
            if let problem = problem(value, keyword.name, keyword.value, schema) { return "\(path): \(problem)" }
        }
        return nil
    }

    private func problem(_ value: JSON, _ keyword: String, _ bound: JSON, _ schema: JSON) -> String? {
        switch keyword {
        case "$ref": return problem(with: value, as: String((bound.stringValue ?? "").dropFirst("#/$defs/".count)))
        case "type": return fits(value, bound.stringValue ?? "") ? nil : "\(value.text) is no \(bound.text)"
        case "const": return value == bound ? nil : "\(value.text) is not \(bound.text)"
        case "enum": return bound.arrayValue?.contains(value) == true ? nil : "\(value.text) is none of \(bound.text)"
        case "minimum":
            guard let number = value.doubleValue, let least = bound.doubleValue else { return nil }
            return number >= least ? nil : "\(number) is below \(least)"
        case "maximum":
            guard let number = value.doubleValue, let most = bound.doubleValue else { return nil }
            return number <= most ? nil : "\(number) is above \(most)"
        case "minLength", "maxLength", "pattern":
            guard let text = value.stringValue else { return nil }
            return problem(text, keyword, bound)
        case "x-bytes":
            // Those of base64 are counted when it is decoded.
            guard let count = value.stringValue?.utf8.count, schema["contentEncoding"] == nil,
                let most = bound.arrayValue?.last?.integerValue, count > Int(most)
            else { return nil }
            return "\(count) bytes are more than \(most)"
        case "minItems": return value.arrayValue.map { $0.count < Int(bound.integerValue ?? 0) } == true ? "few" : nil
        case "maxItems": return value.arrayValue.map { $0.count > Int(bound.integerValue ?? 0) } == true ? "many" : nil
        case "items":
            return (value.arrayValue ?? []).lazy.compactMap { problem($0, bound, at: "items") }.first
        case "properties":
            return (bound.objectValue ?? []).lazy.compactMap { property in
                value[property.name].flatMap { problem($0, property.value, at: property.name) }
            }.first
        case "required":
            return (bound.arrayValue ?? []).first { value[$0.stringValue ?? ""] == nil }.map { "\($0.text) is missing" }
        case "additionalProperties":
            let known = (schema["properties"]?.objectValue ?? []).map(\.name)
            return value.objectValue?.first { !known.contains($0.name) }.map { "'\($0.name)' is too much" }
        case "oneOf", "anyOf", "allOf", "not": return combination(value, keyword, bound)
        case "$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples", "format",
            "contentEncoding", "x-secret", "x-since", "x-stability", "x-unit":
            return nil
        default: return "the keyword '\(keyword)' is not known to the checker"
        }
    }

    private func combination(_ value: JSON, _ keyword: String, _ bound: JSON) -> String? {
        let problems = (bound.arrayValue ?? [bound]).map { problem(value, $0, at: keyword) }
        let fitting = problems.count { $0 == nil }
        switch keyword {
        case "oneOf": return fitting == 1 ? nil : "fits \(fitting) of \(problems.count)"
        case "anyOf": return fitting > 0 ? nil : "fits none of \(problems.count)"
        case "not": return fitting == 0 ? nil : "fits what it must not"
        default: return problems.lazy.compactMap(\.self).first
        }
    }

    private func problem(_ text: String, _ keyword: String, _ bound: JSON) -> String? {
        let count = text.unicodeScalars.count
        switch keyword {
        case "minLength": return count < Int(bound.integerValue ?? 0) ? "'\(text)' is too short" : nil
        case "maxLength": return count > Int(bound.integerValue ?? 0) ? "'\(text.prefix(40))' is too long" : nil
        default:
            guard let pattern = patterns[bound.stringValue ?? ""] else { return "no pattern" }
            return text.contains(pattern) ? nil : "'\(text)' does not match \(bound.text)"
        }
    }

    private func fits(_ value: JSON, _ type: String) -> Bool {
        type == value.typeName || (type == "number" && value.typeName == "integer")
    }

    private static func patterns(in schema: JSON) -> [String] {
        switch schema {
        case .object(let members):
            members.flatMap { member in
                member.name == "pattern" ? [member.value.stringValue].compactMap(\.self) : patterns(in: member.value)
            }
        case .array(let values): values.flatMap(patterns)
        default: []
        }
    }
}

extension JSON {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
