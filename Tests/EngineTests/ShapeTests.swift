import Testing
import Wire

@testable import Engine

/// What is told of one thing is told alike wherever it is told.
@Suite struct ShapeTests {
    /// Lines whose `peer` is this engine itself, or none that could be a contact.
    private static let own: Set = ["event.started", "event.locked", "event.account.changed", "ok.status"]

    private let language = Language.standard

    @Test func aMessageHasOneShape() throws {
        let names = MessageFields.message.map(\.name)
        #expect(Events.message.fields.map(\.name) == names)
        for name in ["message.list", "message.show"] {
            let command = try #require(language.commands.first { $0.name == name })
            let fields = command.item.isEmpty ? command.answer : command.item
            #expect(fields.prefix(names.count + 1).map(\.name) == ["time"] + names)
        }
        for field in ["chat", "group", "nick", "alias", "mentions_me", "is_bot"] { #expect(names.contains(field)) }
    }

    /// Beside a peer stands what the user calls it.
    @Test func anAliasStandsBesideEveryPeer() {
        for shape in language.shapes where shape.kind != .command {
            guard !Self.own.contains(shape.name), !shape.subject.hasPrefix("account.") || shape.kind == .event else {
                continue
            }
            for (index, field) in shape.fields.enumerated() where ["peer", "from"].contains(field.name) {
                guard case .peer = field.type else { continue }
                let next = shape.fields.dropFirst(index + 1).first
                #expect(next?.name == "alias", "\(shape.name) \(field.name)")
            }
        }
    }

    /// `type`, the answer's own fields, `seq`, `time`; the payload behind them.
    @Test func theEnvelopeComesFirst() {
        for shape in language.shapes where shape.kind != .command {
            let names = shape.fields.map(\.name)
            let envelope = ["type", "id", "cmd", "seq", "time", "again"]
            guard let time = names.firstIndex(of: "time") else { continue }
            #expect(names[...time].allSatisfy(envelope.contains), "\(shape.name)")
        }
    }

    /// No line is longer, and no list has more, than the schema says, whatever the engine is to write.
    @Test func valuesFitTheirFields() throws {
        var line = LineWriter()
        let nick = FieldSpec("nick", .string(bytes: 1...8), "")
        let list = FieldSpec("list", .list(.text(4), count: 0...2), "")
        line.beginPayload([nick, list])
        line.string(nick, "äöüäöü")
        line.strings(list, ["1", "12345", "3"])
        #expect(String(decoding: line.takePayload(), as: UTF8.self) == #""nick":"äö…","list":["1","1…"]"#)
        line.beginPayload([nick, list])
        line.string(nick, "")
        line.strings(list, [""])
        #expect(String(decoding: line.takePayload(), as: UTF8.self) == #""list":[""]"#)
    }
}
