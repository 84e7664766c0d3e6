import Reactor

/// Verifies signatures on threads of its own, those of a turn together: a hop costs as much as a verification. The
/// answers come in the order of the questions, so that an author's messages stay in order.
@NetworkActor
final class SignatureQueue {
    /// From here on those who read messages should wait: what is taken must not be let go for want of room.
    private static let enough = 1024
    /// Fewer than so many are not worth a second thread.
    private static let worthSplitting = 8

    private let world: World
    private lazy var workers = [world.serialWorker(named: "signatures"), world.serialWorker(named: "signatures 2")]
    private var batch: [(MessageID, PubsubMessage)] = []
    /// How many parts were given to the workers, and how many of them were answered.
    private var (submitted, answered) = (0, 0)
    /// Parts that are verified, but wait for one before them.
    private var verified: [Int: [(MessageID, Bool)]] = [:]
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
        guard messages.count >= Self.worthSplitting else { return verify(messages[...], on: 0) }
        verify(messages[..<(messages.count / 2)], on: 0)
        verify(messages[(messages.count / 2)...], on: 1)
    }

    private func verify(_ messages: ArraySlice<(MessageID, PubsubMessage)>, on index: Int) {
        guard !messages.isEmpty else { return }
        let (number, worker) = (submitted, workers[index])
        submitted += 1
        spawn {
            let results = try? await worker.run { messages.map { ($0.0, $0.1.hasValidSignature) } }
            self.verified[number] = results ?? messages.map { ($0.0, false) }
            self.tell()
        }
    }

    /// Answers what is verified, as far as everything before is.
    private func tell() {
        while let results = verified.removeValue(forKey: answered) {
            answered += 1
            unanswered -= results.count
            answer(results)
        }
        while unanswered < Self.enough, !waiting.isEmpty { waiting.removeFirst().resume() }
    }

    /// Suspends while many wait for their answer.
    func room() async {
        guard unanswered >= Self.enough else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
