import Reactor
import TestSupport
import Testing
import Wire

@testable import Engine

/// The documents that are made from the schema.
@Suite struct SchemaDocumentTests {
    private static let message = "01JD0QF3M8X6ZV4T9K2B7N5C1R"
    private static let common: [ErrorSpec] = [
        .argumentMissing, .argumentUnknown, .argumentInvalid, .timeout, .engineStopping, .internalError,
        .accountLocked, .profileGone,
    ]
    private let language = Language.standard

    @Test func everythingIsDeclaredInFull() {
        for shape in language.shapes {
            #expect(shape.summary.hasSuffix("."), "\(shape.name)")
            #expect(!shape.since.isEmpty)
            for field in shape.fields { complete(field, in: shape.name) }
        }
        for error in language.errors {
            #expect(error.summary.hasSuffix(".") && error.remedy.hasSuffix("."), "\(error.code)")
            #expect(!error.example.message.isEmpty && error.example.message.utf8.count <= 4096, "\(error.code)")
            #expect(language.exits.contains(error.exit), "\(error.code)")
            // Where an error comes from a command, that command is said to answer with it, or every command may.
            if let name = error.example.command, let command = language.commands.first(where: { $0.name == name }) {
                #expect(command.errors.contains(error) || Self.common.contains(error), "\(error.code) \(name)")
            }
        }
        #expect(Set(language.exits.map(\.number)).count == language.exits.count)
        for exit in language.exits { #expect(exit.summary.hasSuffix(".")) }
    }

    private func complete(_ field: FieldSpec, in place: String) {
        #expect(!field.summary.isEmpty && !field.summary.hasSuffix("."), "\(place) \(field.name)")
        #expect(field.example != nil || field.type.sample != nil, "\(place) \(field.name) has no example")
        if field.name.hasSuffix("_ms") { #expect(field.unit == "ms", "\(place) \(field.name)") }
        if case .object(let members) = field.type {
            for member in members { complete(member, in: "\(place) \(field.name)") }
        }
    }

    @Test func everyTypeIsExplained() {
        let names = TypeMeaning.all.map(\.name)
        for field in language.shapes.flatMap(\.fields) {
            #expect(names.contains { field.type.name.hasPrefix($0) }, "\(field.type.name)")
        }
    }

    @Test func sampleLinesFitOnlyTheirOwnDefinition() throws {
        let document = language.jsonSchema()
        let checker = try SchemaChecker(document)
        for shape in language.shapes {
            #expect(!shape.samples.isEmpty)
            for line in shape.samples {
                #expect(checker.problem(with: line, as: shape.name) == nil, "\(line.text)")
                // `oneOf` at the top: a line that fits two definitions fits none.
                #expect(checker.problem(with: line) == nil, "\(line.text)")
            }
        }
    }

    @Test func examplesOfErrorsFit() throws {
        let checker = try SchemaChecker(language.jsonSchema())
        for error in language.errors {
            #expect(checker.problem(withOutput: error.sample) == nil, "\(error.code)")
        }
    }

    @Test func theEngineTakesWhatTheSchemaTakes() throws {
        let checker = try SchemaChecker(language.jsonSchema())
        for command in language.commands {
            let example = try JSON(parsing: Array(command.example.utf8))
            #expect(checker.problem(with: example, as: "input") == nil, "\(command.example)")
            for line in LineShape.command(command).samples {
                guard case .object(let members) = line else { continue }
                #expect(Envelope(members).problem == nil, "\(line.text)")
                try command.validate(members)
            }
        }
    }

    @Test(arguments: [
        #"{"cmd":"frobnicate"}"#, #"{"cmd":"sync","extra":1}"#, #"{"cmd":"message.send","to":"bob"}"#, "{}", "1",
        #"{"cmd":"message.send","to":"bob","text":"a","body_b64":"aGk="}"#,
        #"{"cmd":"net.ping","peer":"bob","count":0}"#,
        #"{"cmd":"message.send","to":"bob","text":""}"#, #"{"cmd":"message.send","to":"bob","text":"a","wait":"x"}"#,
        #"{"cmd":"message.list","chat":"bob","after":"\#(message)","before":"\#(message)"}"#,
        #"{"cmd":"sync","id":1.5}"#, #"{"cmd":"sync","id":9007199254740992}"#, #"{"cmd":"sync","timeout":"1w"}"#,
        #"{"cmd":"contact.add","peer":"bob!","alias":"bob"}"#, #"{"cmd":"peer.list","connected":"yes"}"#,
    ])
    func theSchemaRefusesWhatTheEngineRefuses(_ text: String) throws {
        let line = try JSON(parsing: Array(text.utf8))
        #expect(try SchemaChecker(language.jsonSchema()).problem(with: line) != nil)
        guard case .object(let members) = line else { return }
        let envelope = Envelope(members)
        let spec = language.commands.first { $0.name == envelope.command }
        guard envelope.problem == nil, let spec else { return }
        #expect(throws: CommandFailure.self) { try spec.validate(members) }
    }

    /// What the scripts hold every line of every engine against.
    @Test(arguments: [
        (#"{"type":"ok","cmd":"sync"}"#, true), (#"{"type":"ok","id":1,"cmd":"sync"}"#, true),
        (#"{"type":"ok","cmd":"sync","id":1}"#, false), (#"{"type":"ok","cmd":"sync","more":1}"#, false),
        (#"{"type":"ok","cmd":"frobnicate"}"#, false), (#"{"type":"frobnicated"}"#, false), ("{}", false),
        (#"{"type":"stopped","reason":"eof","unsent":0,"undelivered":0}"#, true),
        (#"{"type":"stopped","reason":"eof","unsent":0}"#, false),
        (#"{"type":"stopped","reason":"eof","unsent":"0","undelivered":0}"#, false),
        (#"{"type":"stopped","reason":"whim","unsent":0,"undelivered":0}"#, false),
    ])
    @NetworkActor func linesOfEngines(_ text: String, _ isRight: Bool) throws {
        let schema = try #require(EngineProcess.schema)
        #expect((schema.problem(withOutput: try JSON(parsing: Array(text.utf8))) == nil) == isRight)
    }

    @Test func openRPC() throws {
        let document = language.openRPC()
        #expect(document["openrpc"]?.stringValue == "1.3.2")
        let methods = try #require(document["methods"]?.arrayValue)
        #expect(methods.compactMap { $0["name"]?.stringValue } == language.commands.map(\.name))
        for reference in references(in: document) {
            let path = reference.dropFirst("#/components/".count).split(separator: "/", maxSplits: 1).map(String.init)
            #expect(document["components"]?[path[0]]?[path[1]] != nil, "\(reference)")
        }
        #expect(Set(language.errors.map(\.number)).count == language.errors.count)
        // What a client was made with stays.
        #expect(ErrorSpec.timeout.number == 9_959_043)
    }

    @Test func referencesOfTheSchemaLeadSomewhere() {
        let document = language.jsonSchema()
        for reference in references(in: document) {
            #expect(document["$defs"]?[String(reference.dropFirst("#/$defs/".count))] != nil, "\(reference)")
        }
    }

    /// Every keyword has a value of the kind that the meta-schema of draft 2020-12 wants.
    @Test func theSchemaIsASchema() {
        #expect(problem(inSchema: language.jsonSchema(), at: "#") == nil)
    }

    private func problem(inSchema schema: JSON, at path: String) -> String? {
        if case .bool = schema { return nil }
        guard case .object(let keywords) = schema else { return "\(path) is no schema" }
        guard Set(keywords.map(\.name)).count == keywords.count else { return "\(path) has a keyword twice" }
        for keyword in keywords {
            let place = "\(path)/\(keyword.name)"
            switch keyword.name {
            case "$schema", "$id", "$comment", "title", "description", "format", "contentEncoding":
                if keyword.value.stringValue == nil { return place }
            case "$ref":
                guard let target = keyword.value.stringValue, target.hasPrefix("#/$defs/") else { return place }
            case "type":
                let types = ["null", "boolean", "object", "array", "number", "string", "integer"]
                guard let type = keyword.value.stringValue, types.contains(type) else { return place }
            case "pattern":
                guard let text = keyword.value.stringValue, (try? Regex(text)) != nil else { return place }
            case "minLength", "maxLength", "minItems", "maxItems":
                guard let count = keyword.value.integerValue, count >= 0 else { return place }
            case "minimum", "maximum":
                if keyword.value.doubleValue == nil { return place }
            case "required":
                let names = keyword.value.arrayValue?.compactMap(\.stringValue)
                guard let names, names.count == keyword.value.arrayValue?.count, Set(names).count == names.count else {
                    return place
                }
            case "enum", "examples":
                if keyword.value.arrayValue == nil { return place }
            case "items", "not", "additionalProperties":
                if let problem = problem(inSchema: keyword.value, at: place) { return problem }
            case "oneOf", "anyOf", "allOf":
                guard let schemas = keyword.value.arrayValue, !schemas.isEmpty else { return place }
                for schema in schemas { if let problem = problem(inSchema: schema, at: place) { return problem } }
            case "properties", "$defs":
                guard let schemas = keyword.value.objectValue else { return place }
                for member in schemas {
                    if let problem = problem(inSchema: member.value, at: "\(place)/\(member.name)") { return problem }
                }
            case "const", "default": break
            default: if !keyword.name.hasPrefix("x-") { return "\(place) is no keyword" }
            }
        }
        return nil
    }

    private func references(in value: JSON) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { member in
                if member.name == "$ref", let text = member.value.stringValue { return [text] }
                return references(in: member.value)
            }
        case .array(let values): values.flatMap(references)
        default: []
        }
    }
}
