import Reactor

/// Verifies signatures on a thread of its own, those of a turn together: a hop costs as much as a verification. The
/// answers come in the order of the questions, so that an author's messages stay in order.
@NetworkActor
final class SignatureQueue {
    /// From here on those who read messages should wait: what is taken must not be let go for want of room.
    private static let enough = 1024

    private let world: World
    private lazy var worker: any SerialWorker = world.serialWorker(named: "signatures")
    private var batch: [(MessageID, PubsubMessage)] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var unanswered = 0
    private let answer: @NetworkActor ([(MessageID, Bool)]) -> Void

    init(world: World, answer: @escaping @NetworkActor ([(MessageID, Bool)]) -> Void) {
        self.world = world
        self.answer = answer
    }

    func append(_ id: MessageID, _ message: PubsubMessage) {
        batch.append((id, message))
        unanswered += 1
        if batch.count == 1 { world.atEndOfTurn { self.submit() } }
    }

    private func submit() {
        var messages: [(MessageID, PubsubMessage)] = []
        swap(&messages, &batch)
        guard !messages.isEmpty else { return }
        let batch = messages
        spawn {
            let results = try? await self.worker.run { batch.map { ($0.0, $0.1.hasValidSignature) } }
            self.unanswered -= batch.count
            self.answer(results ?? batch.map { ($0.0, false) })
            while self.unanswered < Self.enough, !self.waiting.isEmpty { self.waiting.removeFirst().resume() }
        }
    }

    /// Suspends while many wait for their answer.
    func room() async {
        guard unanswered >= Self.enough else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
