import Time

@testable import Store

/// A store's inner side without thread and loop: enough for queries.
func memoryDatabase(_ configuration: StoreConfiguration = StoreKind.current.configuration) throws -> Database {
    let database = try Database(StoreKind.anywhere, configuration: configuration)
    try database.prepareSchema(configuration: configuration)
    return database
}

/// A transaction that is never committed.
func memoryTransaction() throws -> Transaction { Transaction(try memoryDatabase()) }

func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

func outgoing(_ id: String, to chat: String = "bob", body: [UInt8] = Array("hi".utf8)) -> NewMessage {
    NewMessage(
        id: id, author: "alice", chat: chat, isOutgoing: true, sentAt: at(1000), storedAt: at(1001),
        contentType: "text/plain", body: body, state: .accepted, expiresAt: at(9000), digest: body, signature: [1])
}

func incoming(_ id: String, from author: String = "bob", body: [UInt8] = Array("hi".utf8)) -> NewMessage {
    NewMessage(
        id: id, author: author, chat: author, isOutgoing: false, sentAt: at(1000), storedAt: at(1001),
        contentType: "text/plain", body: body, replyTo: "earlier", state: .received, digest: body, signature: [1, 2])
}

func event(_ type: String, _ payload: String = "\"a\":1") -> NewEvent {
    NewEvent(type: type, time: at(5), chat: "bob", payload: Array(payload.utf8))
}

extension Transaction {
    /// Stores a message that must be new.
    @discardableResult
    func add(_ message: NewMessage) throws -> Int64 {
        guard case .inserted(let position) = try insert(message) else { throw UnexpectedInsertion() }
        return position
    }
}

struct UnexpectedInsertion: Error {}
