import Ledger
import Reactor
import Swarm
import Time

/// ``Sync`` on a stream: reads, writes, and asks the one who runs it for what it needs.
@NetworkActor struct SyncExchange {
    /// What an exchange asks for, and gives.
    @NetworkActor protocol Delegate {
        /// What there is of a set that the other wants; nil if it does not get it.
        func items(of set: SyncSet, proof: [UInt8], salt: [UInt8]) async -> ItemSet?
        /// The bytes of these items, of those that are still here, in that order.
        func load(_ ids: [Digest]) async throws -> [[UInt8]]
        /// What was loaded is with the stream.
        func written()
        /// Takes what has come. Returns when it is kept, and there is room for more.
        func take(_ items: [[UInt8]]) async throws
    }

    /// How long one end may keep the other waiting.
    private nonisolated static let patience: Duration = .seconds(30)
    /// How long an exchange takes at most: what is left comes with the next.
    private nonisolated static let longest: Duration = .seconds(300)

    let stream: Stream
    var sync: Sync
    let delegate: any Delegate

    /// Runs to the end, and closes the stream.
    ///
    /// - Throws: ``SyncError``, ``StreamError``. The stream is reset then.
    mutating func run() async throws -> SyncReport {
        let clock = stream.connection.swarm.world.clock
        let end = clock.now + Self.longest
        do {
            var actions = sync.begin()
            while true {
                stream.setDeadline(after: min(Self.patience, max(.zero, end - clock.now)))
                if let report = try await perform(actions) {
                    stream.close()
                    return report
                }
                guard let bytes = try await stream.read() else {
                    try sync.end()
                    throw SyncError(.cut, "the stream ended before the exchange did")
                }
                actions = try sync.receive(bytes)
            }
        } catch {
            stream.reset()
            throw error
        }
    }

    /// Does what the exchange wants, and what follows from it. Its report when it is over.
    private mutating func perform(_ actions: [SyncAction]) async throws -> SyncReport? {
        var waiting = actions[...]
        while let action = waiting.popFirst() {
            switch action {
            case .send(let bytes): try await stream.write(bytes)
            case .authorise(let set, let proof, let salt):
                if let items = await delegate.items(of: set, proof: proof, salt: salt) {
                    waiting += try sync.accept(items)
                    waiting += try sync.resume()
                } else {
                    waiting += sync.refuse()
                }
            case .load(let ids):
                let items = try await delegate.load(ids)
                waiting += sync.provide(items)
                waiting += try sync.resume()
            case .received(let items): try await delegate.take(items)
            case .finished(let report):
                delegate.written()
                return report
            }
        }
        delegate.written()
        return nil
    }
}
