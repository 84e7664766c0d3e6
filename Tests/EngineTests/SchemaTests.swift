import Testing
import Wire

@testable import Engine

@Suite struct SchemaTests {
    private let commands = CommandTable.standard.all.map(\.spec)

    @Test func namesAreUnique() {
        #expect(Set(commands.map(\.name)).count == commands.count)
        #expect(Set(ErrorSpec.all.map(\.code)).count == ErrorSpec.all.count)
        #expect(Set(Events.all.map(\.name)).count == Events.all.count)
        for command in commands {
            #expect(Set(command.arguments.map(\.name)).count == command.arguments.count, "\(command.name)")
            #expect(Set(command.answer.map(\.name)).count == command.answer.count, "\(command.name)")
        }
    }

    @Test func noArgumentIsReserved() {
        for command in commands {
            for argument in command.arguments { #expect(!Envelope.isReserved(argument.name), "\(command.name)") }
        }
    }

    @Test func alternativesAreArguments() {
        for command in commands {
            for alternative in command.alternatives {
                for name in alternative.names { #expect(command.argument(name) != nil, "\(command.name) \(name)") }
            }
        }
    }

    /// An example must be a line that the engine would take, but for ids that are cut short.
    @Test func examplesAreValid() throws {
        for command in commands {
            guard case .object(let members) = try JSON(parsing: Array(command.example.utf8)) else {
                Issue.record("\(command.name)")
                continue
            }
            #expect(Envelope(members).command == command.name)
            if !command.example.contains("…") { try command.validate(members) }
        }
    }

    @Test func defaultsAndExamplesFit() {
        for command in commands {
            for field in command.arguments {
                for value in [field.defaultValue, field.example].compactMap(\.self) {
                    #expect(field.type.problem(with: value) == nil, "\(command.name) \(field.name)")
                }
            }
        }
    }

    /// Who is told to wait is told how long.
    @Test func retryAfterSaysWhen() {
        for error in ErrorSpec.all {
            let says = error.details.contains { $0.name == Fields.retryAfter.name && $0.isRequired }
            #expect(says == (error.retry == .after), "\(error.code)")
        }
        #expect(ErrorSpec.all.contains { $0.retry == .after })
    }

    @Test func everyEventIsNamedAsItsDurabilitySays() {
        // Durable events have a payload whose keys do not collide with the envelope's.
        for event in Events.all where event.durability == .durable {
            for field in event.fields { #expect(!["type", "seq", "time", "again"].contains(field.name)) }
        }
    }

    @Test(arguments: [
        ("mesage.send", "message.send"), ("ping", "net.ping"), ("pong", "net.ping"), ("net.conect", "net.connect"),
        ("STATUS", "status"), ("staus", "status"), ("perf", "net.perf"), ("shutdwon", "shutdown"),
    ])
    func suggestions(_ typed: String, _ meant: String) {
        #expect(Suggestion.nearest(to: typed, among: commands.map(\.name)) == meant)
    }

    @Test(arguments: ["", "list", "frobnicate", "x", String(repeating: "a", count: 1000)])
    func noSuggestion(_ typed: String) {
        #expect(Suggestion.nearest(to: typed, among: commands.map(\.name)) == nil)
    }

    /// A slip of the fingers is never taken for something that cannot be undone, nor for the contrary of what was meant.
    @Test(arguments: [
        "account.delte", "acount.delete", "delete", "account.remove", "contact.remov", "remove", "contact.delete",
        "group.leav", "leave", "group.kik", "group.rekeys", "events.unsubscribe", "message.unread", "message.unsend",
        "account.nlock", "events.nack",
    ])
    func nothingIsSuggested(_ typed: String) {
        #expect(CommandSuggestion(commands).nearest(to: typed) == nil)
    }

    @Test(arguments: [
        ("account.unlok", "account.unlock"), ("account.lok", "account.lock"), ("unlok", "account.unlock"),
        ("topic.unsubscrib", "topic.unsubscribe"), ("net.disconect", "net.disconnect"), ("net.conect", "net.connect"),
        ("contact.ad", "contact.add"), ("group.jion", "group.join"), ("account.exprot", "account.export"),
    ])
    func suggestionsAreNotContrary(_ typed: String, _ meant: String) {
        #expect(CommandSuggestion(commands).nearest(to: typed) == meant)
    }

    /// Whatever is typed, one edit or two away from a command: no suggestion is destructive or the contrary.
    @Test func noSlipLeadsToHarm() {
        let suggestion = CommandSuggestion(commands)
        let destructive = Set(commands.filter(\.isDestructive).map(\.name))
        #expect(destructive.isSuperset(of: ["account.delete", "contact.remove", "group.leave", "group.kick"]))
        for command in commands {
            let letters = Array(command.name)
            for index in letters.indices {
                var shorter = letters
                shorter.remove(at: index)
                for typed in [String(shorter), String(letters[...index]) + "x" + String(letters[(index + 1)...])] {
                    guard let meant = suggestion.nearest(to: typed) else { continue }
                    #expect(!destructive.contains(meant), "\(typed) \(meant)")
                    let spec = commands.first { $0.name == meant }
                    #expect(spec?.opposites.contains(command.verb) != true, "\(typed) \(meant)")
                }
            }
        }
    }

    @Test func distances() {
        func distance(_ left: String, _ right: String) -> Int {
            Suggestion.distance(Array(left.utf8), Array(right.utf8))
        }
        #expect(distance("", "") == 0)
        #expect(distance("abc", "") == 3)
        #expect(distance("abc", "acb") == 1)
        #expect(distance("abc", "abd") == 1)
        #expect(distance("abc", "ab") == 1)
        #expect(distance("kitten", "sitting") == 3)
    }

    @Test(arguments: [
        ("1ms", 1), ("90s", 90_000), ("10m", 600_000), ("24h", 86_400_000), ("7d", 604_800_000),
    ])
    func durations(_ text: String, _ milliseconds: Int64) {
        #expect(DurationText.milliseconds(text) == milliseconds)
    }

    @Test(arguments: ["", "s", "1", "1.5s", "-1s", "1 s", "1w", "99999999999999999999d", "9223372036854775807d", "١s"])
    func noDurations(_ text: String) {
        #expect(DurationText.milliseconds(text) == nil)
    }

    @Test func base64() {
        // RFC 4648 section 10
        let vectors = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE="]
        for (plain, encoded) in vectors {
            #expect(Base64.encode(Array(plain.utf8)) == encoded)
            #expect(Base64.decode(encoded) == Array(plain.utf8))
            #expect(Base64.decode(encoded.filter { $0 != "=" }) == Array(plain.utf8))
        }
        for bad in ["Z", "Zg=", "Zh==", "Zg==Zg==", "Z g=", "Zm9v\n", "====", "Zg-_", "Zm8=="] {
            #expect(Base64.decode(bad) == nil, "\(bad)")
        }
    }

    @Test(arguments: ["bob", "b.o-b_1", "Żółw", "鳥", "🐦"])
    func aliases(_ alias: String) {
        #expect(Alias.problem(with: alias) == nil)
    }

    @Test(arguments: [
        "#team", "/x", "@x", "self", "SELF", "two words", "a\tb", "a\u{202E}b", "a\u{200B}b", "a\u{00A0}b",
        "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo",
    ])
    func noAliases(_ alias: String) {
        #expect(Alias.problem(with: alias) != nil)
    }
}
