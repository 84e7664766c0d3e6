import Wire

/// Types and fields in the words of JSON Schema 2020-12.
///
/// JSON Schema counts characters where the language counts bytes, so a bound on bytes becomes the weaker one that it
/// implies; the exact bound is in `x-bytes`.
extension FieldType {
    /// The keywords for this type.
    func jsonSchema(_ names: SchemaNames) -> [JSON.Member] {
        switch self {
        case .string(let bytes): Self.text(bytes)
        case .integer(let range):
            [
                .type("integer"), .init("minimum", .integer(range.lowerBound)),
                .init("maximum", .integer(range.upperBound)),
            ]
        case .number: [.type("number")]
        case .boolean: [.type("boolean")]
        case .choice(let words):
            if let word = words.first, words.count == 1 {
                [.init("const", .string(word))]
            } else {
                [.type("string"), .init("enum", .array(words.map(JSON.string)))]
            }
        case .duration(let range):
            [
                .init(
                    "oneOf",
                    .array([
                        .object([
                            .type("number"), .init("minimum", DurationText.seconds(range.lowerBound)),
                            .init("maximum", DurationText.seconds(range.upperBound)),
                        ]), .object([.type("string"), .init("pattern", .string("^[0-9]+(ms|s|m|h|d)$"))]),
                    ]))
            ]
        case .base64(let bytes):
            [
                .type("string"), .init("contentEncoding", .string("base64")),
                .init("pattern", .string("^[A-Za-z0-9+/]*={0,2}$")),
                .init("maxLength", .integer(Int64((bytes.upperBound + 2) / 3 * 4))), .bytes(bytes),
            ]
        case .time, .peer, .target, .multiaddr, .messageID, .identifier: [names.reference(to: name)]
        case .list(let element, let count) where names.isInput:
            // A plain value is taken for a list of it alone.
            [
                .init(
                    "oneOf",
                    .array([
                        .object(FieldType.list(element, count: count).jsonSchema(names.ofOutput)),
                        .object(element.jsonSchema(names)),
                    ]))
            ]
        case .list(let element, let count):
            [
                .type("array"), .init("items", .object(element.jsonSchema(names))),
                .init("minItems", .integer(Int64(count.lowerBound))),
                .init("maxItems", .integer(Int64(count.upperBound))),
            ]
        case .object(let fields): FieldSpec.jsonSchema(of: fields, names)
        case .any: []
        }
    }

    private static func text(_ bytes: ClosedRange<Int>) -> [JSON.Member] {
        // A character has at most four bytes of UTF-8.
        let fewest = (bytes.lowerBound + 3) / 4
        var members: [JSON.Member] = [.type("string")]
        if fewest > 0 { members.append(.init("minLength", .integer(Int64(fewest)))) }
        return members + [.init("maxLength", .integer(Int64(bytes.upperBound))), .bytes(bytes)]
    }

    /// The types that are described once and referred to.
    static let named: [(name: String, schema: [JSON.Member])] = [
        (
            FieldType.time.name,
            pattern(#"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"#) + [.init("format", .string("date-time"))]
        ),
        (FieldType.peer.name, pattern("^[A-Za-z0-9]{1,128}$")),
        (FieldType.target.name, text(1...256)),
        (FieldType.multiaddr.name, pattern("^/.")),
        (FieldType.messageID.name, pattern("^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$")),
        (
            FieldType.identifier.name,
            [
                .init(
                    "oneOf",
                    .array([
                        .object([.type("string"), .init("maxLength", .integer(128)), .bytes(0...128)]),
                        .object([
                            .type("integer"), .init("minimum", .integer(-safeInteger)),
                            .init("maximum", .integer(safeInteger)),
                        ]),
                    ]))
            ]
        ),
    ]

    private static func pattern(_ pattern: String) -> [JSON.Member] {
        [.type("string"), .init("pattern", .string(pattern))]
    }
}

extension FieldSpec {
    /// The schema of a field's value.
    func jsonSchema(_ names: SchemaNames) -> JSON {
        var members = type.jsonSchema(names)
        members.append(.init("description", .string(summary)))
        if let unit { members.append(.init("x-unit", .string(unit))) }
        if stability != .same { members.append(.init("x-stability", .string(stability.rawValue))) }
        if isSecret { members.append(.init("x-secret", .bool(true))) }
        if let defaultValue { members.append(.init("default", defaultValue)) }
        if let example { members.append(.init("examples", .array([example]))) }
        members.append(.init("x-since", .string(since)))
        return .object(members)
    }

    /// The keywords for an object with these fields.
    static func jsonSchema(of fields: [FieldSpec], _ names: SchemaNames) -> [JSON.Member] {
        var members: [JSON.Member] = [.type("object")]
        let properties = fields.map { JSON.Member($0.name, $0.jsonSchema(names)) }
        if !properties.isEmpty { members.append(.init("properties", .object(properties))) }
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        return members
    }
}

/// Where a document keeps the schemas that others refer to.
struct SchemaNames {
    /// The pointer to them, such as `#/$defs/`.
    let root: String
    /// Whether what is described goes in, and so may be written in more than one way.
    var isInput = false

    /// The same for what goes in.
    var ofInput: SchemaNames { SchemaNames(root: root, isInput: true) }

    /// The same for what comes out, which is written in one way.
    var ofOutput: SchemaNames { SchemaNames(root: root) }

    /// A reference to one of them.
    func reference(to name: String) -> JSON.Member {
        JSON.Member("$ref", .string(root + Self.key(name)))
    }

    /// The name as a key that every tool takes.
    static func key(_ name: String) -> String {
        String(name.map { $0 == " " ? "_" : $0 })
    }
}

extension JSON.Member {
    init(_ name: String, _ value: JSON) {
        self.init(name: name, value: value)
    }

    fileprivate static func type(_ name: String) -> JSON.Member {
        JSON.Member("type", .string(name))
    }

    fileprivate static func bytes(_ range: ClosedRange<Int>) -> JSON.Member {
        JSON.Member("x-bytes", .array([.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))]))
    }
}
