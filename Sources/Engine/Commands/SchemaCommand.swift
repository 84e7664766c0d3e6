import Wire

/// The command that tells what the language is.
extension Command {
    static let schema = Command(
        spec: CommandSpec(
            "schema", "Show the schema of every line, for programs.",
            arguments: [SchemaFields.format.or(.string(SchemaFormat.jsonSchema.rawValue))],
            answer: [SchemaFields.format.spec.required, SchemaFields.schema.required],
            example: #"{"cmd":"schema"}"#
        ).whileLocked,
        handler: .immediate { _, call throws(CommandFailure) in
            let format = SchemaFormat(rawValue: try call.value(SchemaFields.format)) ?? .jsonSchema
            call.ok { line in
                line.string(SchemaFields.format.spec, format.rawValue)
                line.field(SchemaFields.schema) { $0.raw(format.document) }
            }
        })
}

/// The forms in which the schema is told.
public enum SchemaFormat: String, CaseIterable, Sendable {
    /// JSON Schema, draft 2020-12.
    case jsonSchema = "json_schema"
    /// OpenRPC 1.3.
    case openRPC = "openrpc"

    private static let jsonSchemaDocument = Language.standard.jsonSchema().bytes
    private static let openRPCDocument = Language.standard.openRPC().bytes

    /// The document, as JSON on one line without its newline. Made once.
    public var document: [UInt8] {
        switch self {
        case .jsonSchema: Self.jsonSchemaDocument
        case .openRPC: Self.openRPCDocument
        }
    }
}

enum SchemaFields {
    static let format = Argument.string(
        FieldSpec("format", .choice(SchemaFormat.allCases.map(\.rawValue)), "JSON Schema 2020-12, or OpenRPC"))
    static let schema = FieldSpec("schema", .object([]), "the document")
}
