import Engine
import TestSupport
import Wire

/// A line against the envelope and the declarations; and against the JSON Schema that is published of them: what the
/// engine takes, the schema must allow.
enum CommandTarget {
    private static let schema = try? SchemaChecker(Language.standard.jsonSchema())
    private static let fields = Dictionary(
        Language.standard.commands.flatMap { command in command.arguments.map { ("\(command.name) \($0.name)", $0) } }
    ) { first, _ in first }

    static func run(_ input: [UInt8]) throws(FuzzFinding) -> String {
        let failure = input.withUnsafeBytes { CommandLineCheck.failure(of: $0) }
        guard let failure else {
            guard let value = try? JSON(parsing: input), let name = value["cmd"]?.stringValue else {
                throw FuzzFinding("taken, and no command")
            }
            if let problem = schema?.problem(with: value, as: "command.\(name)") {
                throw FuzzFinding("taken, and the schema does not allow it: \(problem)")
            }
            return name
        }
        guard failure.message.utf8.count <= 2048 else {
            throw FuzzFinding("a message of \(failure.message.utf8.count) bytes: \(failure.message.prefix(100))")
        }
        guard failure.field?.utf8.count ?? 0 <= 256 else { throw FuzzFinding("a field of \(failure.field ?? "")") }
        let codes = ["json.invalid", "command.unknown", "argument.missing", "argument.unknown", "argument.invalid"]
        guard codes.contains(failure.spec.code) else { throw FuzzFinding("the code is \(failure.spec.code)") }
        guard let value = try? JSON(parsing: input), value.objectValue != nil else { return failure.spec.code }
        return try strictness(value, failure)
    }

    /// Where the declarations are stricter than the schema it must be about what a schema cannot say.
    private static func strictness(_ value: JSON, _ failure: CommandFailure) throws(FuzzFinding) -> String {
        guard let name = value["cmd"]?.stringValue, schema?.problem(with: value, as: "command.\(name)") == nil else {
            return failure.spec.code
        }
        guard failure.spec.code == "argument.invalid", let field = failure.field else {
            throw FuzzFinding("the schema allows it, and it is refused: \(failure.message)")
        }
        let isReserved = ["id", "key", "timeout"].contains(field)
        guard isReserved || fields["\(name) \(field)"].map({ isBeyondSchema($0.type) }) == true else {
            throw FuzzFinding("the schema allows it, and it is refused: \(failure.message)")
        }
        return "stricter: \(field)"
    }

    private static func isBeyondSchema(_ type: FieldType) -> Bool {
        switch type {
        // Peer ids and addresses have checksums and codes; lengths are bytes, which a schema counts as characters;
        // a duration's range holds for text too.
        case .peer, .target, .multiaddr, .messageID, .time, .base64, .string, .identifier, .duration: true
        case .list(let element, _): isBeyondSchema(element)
        default: false
        }
    }
}
