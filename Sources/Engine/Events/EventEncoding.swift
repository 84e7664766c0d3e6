import Identity
import Messaging
import Store
import Time
import Wire

/// Durable events as the log holds them: the payload of a line, ready to be written as often as need be.
extension Events {
    /// A change of a contact.
    static func encode(_ change: ContactChange, peer: PeerID, alias: String, at time: Timestamp) -> NewEvent {
        encode(contactChanged, at: time) { line in
            line.peer(Fields.peer, peer)
            line.string(Fields.alias, alias)
            line.string(LifeFields.change, change.rawValue)
        }
    }

    /// An event with its payload.
    static func encode(
        _ spec: EventSpec, at time: Timestamp, chat: String? = nil, _ body: (inout LineWriter) -> Void
    ) -> NewEvent {
        var line = LineWriter()
        line.beginPayload(spec.fields)
        body(&line)
        return NewEvent(type: spec.name, time: time, chat: chat, payload: line.takePayload())
    }
}

extension LineWriter {
    /// Begins the members of an object that is to be part of another.
    mutating func beginPayload(_ fields: [FieldSpec]) {
        beginObject()
        expect(fields)
    }

    /// Takes the members out, without the braces.
    mutating func takePayload() -> [UInt8] {
        endObject()
        return Array(take().dropFirst().dropLast())
    }
}
