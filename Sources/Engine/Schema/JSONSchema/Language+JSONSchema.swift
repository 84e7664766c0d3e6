import Wire

/// The language in the words of JSON Schema, draft 2020-12.
extension Language {
    /// A schema that every line fits that goes in or comes out; `#/$defs/input` and `#/$defs/output` are its halves,
    /// and each kind of line is a definition of its own, such as `#/$defs/ok.net.ping`.
    ///
    /// Input is closed, as the engine refuses unknown fields. Output is open: within a version of the language fields
    /// are added, and readers ignore those that they do not know.
    public func jsonSchema() -> JSON {
        let names = SchemaNames(root: "#/$defs/")
        let input = shapes.filter { $0.kind == .command }
        let output = shapes.filter { $0.kind != .command }
        var definitions = [
            JSON.Member("input", .object([Self.oneOf(input, names)])),
            JSON.Member("output", .object([Self.oneOf(output, names)])),
        ]
        definitions += FieldType.named.map { JSON.Member(SchemaNames.key($0.name), .object($0.schema)) }
        definitions += shapes.map { JSON.Member($0.name, $0.jsonSchema(names)) }
        return .object([
            JSON.Member("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            JSON.Member("$id", .string("urn:linnet:lines:\(LinnetVersion.language)")),
            JSON.Member("title", .string("The lines that linnet reads and writes")),
            JSON.Member("$comment", .string("linnet \(LinnetVersion.current)")),
            JSON.Member(
                "oneOf",
                .array([.object([names.reference(to: "input")]), .object([names.reference(to: "output")])])),
            JSON.Member("$defs", .object(definitions)),
        ])
    }

    private static func oneOf(_ shapes: [LineShape], _ names: SchemaNames) -> JSON.Member {
        JSON.Member("oneOf", .array(shapes.map { .object([names.reference(to: $0.name)]) }))
    }
}

extension LineShape {
    /// The schema of such a line.
    func jsonSchema(_ names: SchemaNames) -> JSON {
        var members = [JSON.Member("description", .string(summary))]
        members += FieldSpec.jsonSchema(of: fields, kind == .command ? names.ofInput : names)
        if !alternatives.isEmpty { members.append(JSON.Member("allOf", .array(alternatives.map(\.jsonSchema)))) }
        if kind == .command { members.append(JSON.Member("additionalProperties", .bool(false))) }
        members.append(JSON.Member("x-since", .string(since)))
        return .object(members)
    }
}

extension CommandSpec.Alternative {
    /// One of the fields is there, or at most one.
    fileprivate var jsonSchema: JSON {
        let given = names.map { JSON.object([JSON.Member("required", .array([.string($0)]))]) }
        if isRequired { return .object([JSON.Member(isExclusive ? "oneOf" : "anyOf", .array(given))]) }
        let pairs = names.indices.flatMap { first in
            names[(first + 1)...].map { JSON.array([.string(names[first]), .string($0)]) }
        }
        let both = pairs.map { JSON.object([JSON.Member("required", $0)]) }
        return .object([JSON.Member("not", .object([JSON.Member("anyOf", .array(both))]))])
    }
}
