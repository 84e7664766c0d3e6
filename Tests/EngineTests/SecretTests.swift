import Testing
import Wire

@testable import Engine

/// What a field that is a secret must never come out by.
@Suite struct SecretTests {
    static let passphrase = FieldSpec(
        "passphrase", .string(bytes: 8...1024), "what opens the account", example: .string("correct horse")
    ).required.secret
    static let kind = FieldSpec("kind", .choice(["scrypt", "argon2"]), "how").secret
    static let words = FieldSpec("words", .list(.string(bytes: 3...8), count: 12...24), "the words").secret
    static let unlock = Command(
        spec: CommandSpec(
            "secret.take", "Open the account.",
            arguments: [passphrase, kind, words, FieldSpec("account", .text(64), "which")],
            answer: [words, FieldSpec("account", .text(64), "which")], example: #"{"cmd":"secret.take"}"#),
        handler: .immediate { _, call throws(CommandFailure) in call.ok() })
    static let table = CommandTable(CommandTable.standard.all + [unlock])

    private func failure(_ line: String) throws -> CommandFailure {
        let members = try #require(try JSON(parsing: Array(line.utf8)).objectValue)
        return try #require(throws: CommandFailure.self) { try Self.unlock.spec.validate(members) }
    }

    @Test(arguments: [
        #"{"cmd":"secret.take","passphrase":"hunter2"}"#,
        #"{"cmd":"secret.take","passphrase":["hunter2hunter2"]}"#,
        #"{"cmd":"secret.take","passphrase":"long enough","kind":"hunter2"}"#,
        #"{"cmd":"secret.take","passphrase":"long enough","words":["hunter2","hunter2"]}"#,
        #"{"cmd":"secret.take","hunter2":"passphrase"}"#,
        #"{"cmd":"secret.take","pasphrase":"hunter2"}"#,
    ])
    func complaintsDoNotRepeat(_ line: String) throws {
        let failure = try failure(line)
        #expect(!failure.message.contains("hunter2"), "\(failure.message)")
        #expect(failure.field?.contains("hunter2") != true)
        #expect(!JSON.object(failure.details).text.contains("hunter2"))
    }

    @Test func aSlipIsStillAHint() throws {
        #expect(try failure(#"{"cmd":"secret.take","pasphrase":"x"}"#).message.contains("mean 'passphrase'"))
    }

    /// A key is kept with a hash of all arguments: from that of a short secret the secret could be found. An invite holds a
    /// key of a group, which nobody guesses.
    @Test func secretsTakeNoKey() {
        for command in CommandTable.standard.all.map(\.spec) {
            let guessable = command.arguments.filter { $0.isSecret && $0.name != "invite" }
            #expect(!command.takesKey || guessable.isEmpty, "\(command.name)")
        }
    }

    /// The list of processes shows command lines to everybody.
    @Test(arguments: [
        ["secret.take", "passphrase=hunter2hunter2"], ["secret.take", #"passphrase:="hunter2hunter2""#],
        ["secret.take", "hunter2hunter2"], ["secret.take", "words=hunter2"],
    ])
    func noSecretOnACommandLine(_ words: [String]) throws {
        let failure = try #require(throws: CommandFailure.self) {
            _ = try ShellCommand(words, in: Self.table) { _ throws(CommandFailure) in [] }
        }
        #expect(failure == CommandFailure(.argumentInvalid, ""))
        #expect(!failure.message.contains("hunter2"), "\(failure.message)")
    }

    @Test func secretsFromElsewhere() throws {
        for word in ["passphrase=@-", "passphrase=@/run/secret"] {
            let command = try ShellCommand(["secret.take", word], in: Self.table) { _ throws(CommandFailure) in
                Array("hunter2hunter2\n".utf8)
            }
            #expect(
                String(decoding: command.line, as: UTF8.self)
                    == #"{"cmd":"secret.take","passphrase":"hunter2hunter2"}"# + "\n")
        }
    }

    @Test func documentsSayWhatIsSecret() throws {
        let language = Language(
            commands: [Self.unlock.spec], reports: [], events: [], errors: [], exits: [])
        let field = language.jsonSchema()["$defs"]?["command.secret.take"]?["properties"]?["passphrase"]
        #expect(field?["x-secret"]?.boolValue == true)
        #expect(ManualPage.commands.source(of: language).contains("(string 8...1024 bytes, required, secret)"))
        var json = JSONWriter()
        json.help(Self.unlock.spec.arguments)
        let told = try JSON(parsing: json.bytes).arrayValue
        #expect(told?.map { $0["secret"]?.boolValue } == [true, true, true, nil])
    }

    @Test func whatIsDerivedStaysSecret() {
        #expect(Self.passphrase.saying("other words").isSecret && Self.passphrase.or(.null).isSecret)
        #expect(Self.passphrase.isRequired)
    }
}
