import Reactor
import Time

/// Why an engine stops.
public enum StopReason: Equatable, Sendable {
    /// Its input has ended.
    case endOfInput
    /// A signal asked for it.
    case signal
    /// The command `shutdown`.
    case command
    /// Its input cannot be read.
    case inputFailed
    /// Nobody reads its lines any more.
    case readerGone

    /// The word on the `stopped` line.
    var word: String {
        switch self {
        case .endOfInput, .readerGone: "eof"
        case .signal: "signal"
        case .command: "command"
        case .inputFailed: "error"
        }
    }

    /// How long the reader may take over the last lines once everything else is done; nil for as long as it likes, as
    /// any filter lets it.
    var patience: Duration? {
        switch self {
        case .endOfInput, .inputFailed, .command: nil
        case .signal, .readerGone: .seconds(1)
        }
    }
}

/// How far an engine's life has gone, and those who wait for its next step.
@NetworkActor final class Lifecycle {
    /// The name of the cursor that says what the reader of the pipe has taken.
    nonisolated static let cursorName = "stdout"

    enum Phase: Equatable {
        case running
        /// Finishing what was begun, until a deadline.
        case draining(until: Instant)
        /// Closing.
        case closing
        case stopped(ExitCode)
    }

    private(set) var phase = Phase.running
    /// The status to end with.
    var status = ExitCode.success
    private var endWaiters: [CheckedContinuation<ExitCode, Never>] = []
    private var changeWaiters: [CheckedContinuation<Void, Never>] = []
    /// Whether every message that can be sent has been.
    private(set) var isOutboxDry = false

    nonisolated init() {}

    var isRunning: Bool { phase == .running }
    /// Whether commands may still begin: while an engine drains because its input has ended, others may speak to it.
    var admitsCommands: Bool {
        switch phase {
        case .running: true
        case .draining: isOpenWhileDraining
        case .closing, .stopped: false
        }
    }
    var isOpenWhileDraining = false

    func move(to phase: Phase) {
        self.phase = phase
        guard case .stopped(let status) = phase else { return }
        for waiter in endWaiters { waiter.resume(returning: status) }
        endWaiters = []
    }

    /// Suspends until the engine has stopped.
    func end() async -> ExitCode {
        if case .stopped(let status) = phase { return status }
        return await withCheckedContinuation { endWaiters.append($0) }
    }

    /// Every message that can be sent has been.
    func outboxIsDry() {
        isOutboxDry = true
        changed()
    }

    /// Changes with everything that somebody may wait for.
    let changes = Condition()

    /// Something happened that a drain may wait for.
    func changed() {
        changes.changed()
        let waiters = changeWaiters
        changeWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// Suspends until something happens that a drain may wait for, or the deadline is there.
    func nextChange(before deadline: Instant, _ clock: any MonotonicClock) async {
        let timer = clock.schedule(at: deadline) { [weak self] in self?.changed() }
        await withCheckedContinuation { changeWaiters.append($0) }
        timer.cancel()
    }
}
