import CPlatform
import Synchronization

/// The loop: one thread that waits for descriptors and timers, and runs the jobs of `NetworkActor` between waits.
///
/// A turn is: dispatch what the poller reported and the timers that are due; run jobs, in rounds, until none is left
/// or a bound is reached, so that a busy task cannot starve the sockets; run what was left for the end of the turn;
/// wait. The loop starts a thread of its own when the first job arrives, unless a thread has claimed it by
/// `runOnCurrentThread`.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// The loop of the process.
    public static let shared = EventLoop()

    /// Rounds of jobs between two looks at the poller.
    static let maximumRounds = 64

    // Loop thread only. No lock, and no system call, when a job enqueues another.
    var jobs: [UnownedJob] = []
    private var round: [UnownedJob] = []
    var actions: [@NetworkActor () -> Void] = []
    var endOfTurn: [@NetworkActor () -> Void] = []
    var simulations: [SimulatedWorld] = []
    /// Counts the rounds that had something to run.
    private(set) var roundsWithWork: UInt64 = 0
    private var expectation = WaitExpectation()
    let timers = TimerQueue()
    let poller = Poller()

    // Any thread.
    private let inbox = Mutex(Inbox())
    private let hasMail = Atomic<Bool>(false)
    private let isWaiting = Atomic<Bool>(false)
    private let hasThread = Atomic<Bool>(false)

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var actions: [@NetworkActor () -> Void] = []
    }

    private init() {
        platform_ignore_write_signals()
        platform_expect_children()
        platform_tune_allocator()
    }

    /// Whether the caller runs on the loop's thread.
    public var isCurrentThread: Bool { platform_thread_is_loop() }

    /// Runs `action` on the loop, after what is already queued. From any thread, one hop.
    public func execute(_ action: @escaping @Sendable @NetworkActor () -> Void) {
        if isCurrentThread {
            actions.append(action)
        } else {
            inbox.withLock { $0.actions.append(action) }
            deliverMail()
        }
    }

    /// Makes the calling thread the loop's and runs it until `body` has returned. To be called before anything is
    /// spawned; traps if the loop has a thread already.
    public func runOnCurrentThread<T: Sendable>(until body: @escaping @NetworkActor () async -> T) -> T {
        let claimed = hasThread.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        precondition(claimed.exchanged, "the event loop already runs on a thread")
        let outcome = Outcome<T>()
        spawn {
            let value = await body()
            outcome.value = value
        }
        run(until: outcome)
        hasThread.store(false, ordering: .releasing)
        guard let value = outcome.value else { preconditionFailure("the loop ended before its body") }
        return value
    }

    // MARK: Executor

    /// Queues a job. From any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrentThread {
            jobs.append(job)
        } else {
            inbox.withLock { $0.jobs.append(job) }
            deliverMail()
        }
    }

    /// The loop as an actor's executor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// The loop as a task's preferred executor.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    /// Traps unless the caller runs on the loop's thread.
    public func checkIsolated() {
        precondition(isCurrentThread, "not on the event loop's thread")
    }

    /// Whether the caller runs on the loop's thread.
    public func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

    // MARK: Jobs

    private func deliverMail() {
        hasMail.store(true, ordering: .sequentiallyConsistent)
        if isWaiting.load(ordering: .sequentiallyConsistent) { poller.wake() }
        if !hasThread.load(ordering: .acquiring) { startThread() }
    }

    private func startThread() {
        let claimed = hasThread.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        guard claimed.exchanged else { return }
        startThreadOrTrap(named: "network") { self.run(until: nil) }
    }

    /// Whether a job is queued, here or by another thread.
    var hasWork: Bool {
        !jobs.isEmpty || !actions.isEmpty || hasMail.load(ordering: .sequentiallyConsistent)
    }

    /// Runs what was queued before the call; what that queues waits for the next round.
    private func runRound() {
        if hasMail.load(ordering: .relaxed) {
            hasMail.store(false, ordering: .sequentiallyConsistent)
            inbox.withLock { inbox in
                jobs.append(contentsOf: inbox.jobs)
                actions.append(contentsOf: inbox.actions)
                inbox.jobs.removeAll(keepingCapacity: true)
                inbox.actions.removeAll(keepingCapacity: true)
            }
        }
        if jobs.isEmpty && actions.isEmpty { return }
        roundsWithWork &+= 1
        if !actions.isEmpty {
            var due: [@NetworkActor () -> Void] = []
            swap(&due, &actions)
            for action in due { NetworkActor.unchecked(action) }
            if actions.isEmpty {
                // Keeps the storage.
                due.removeAll(keepingCapacity: true)
                swap(&due, &actions)
            }
        }
        if jobs.isEmpty { return }
        swap(&jobs, &round)
        let serial = asUnownedSerialExecutor()
        let preferred = asUnownedTaskExecutor()
        for job in round { job.runSynchronously(isolatedTo: serial, taskExecutor: preferred) }
        round.removeAll(keepingCapacity: true)
    }

    private func runEndOfTurn() {
        if endOfTurn.isEmpty { return }
        var due: [@NetworkActor () -> Void] = []
        swap(&due, &endOfTurn)
        for action in due { NetworkActor.unchecked(action) }
    }

    // MARK: The loop

    /// Ends when `outcome` has its value; nil runs for ever.
    private func run(until outcome: (any Completion)?) {
        platform_thread_set_loop(true)
        defer { platform_thread_set_loop(false) }
        var stepsWithoutPoll = 0
        while true {
            var rounds = 0
            repeat {
                runRound()
                rounds += 1
            } while hasWork && rounds < Self.maximumRounds
            runEndOfTurn()
            if let outcome, outcome.isComplete { return }

            var timeout: Int64 = 0
            if !hasWork && endOfTurn.isEmpty {
                if !simulations.isEmpty, advanceSimulations() {
                    // Virtual time moves without the system's help: look at the sockets only now and then.
                    stepsWithoutPoll += 1
                    if stepsWithoutPoll < Self.maximumRounds { continue }
                } else if !hasWork {
                    timeout = timeUntilNextTimer()
                    if timeout != 0, expectation.isShort, let count = spin(timeout) {
                        stepsWithoutPoll = 0
                        dispatch(count)
                        continue
                    }
                    isWaiting.store(true, ordering: .sequentiallyConsistent)
                    if hasMail.load(ordering: .sequentiallyConsistent) { timeout = 0 }
                }
            }
            stepsWithoutPoll = 0
            let start = timeout == 0 ? 0 : platform_monotonic_nanoseconds()
            let count = poller.wait(timeout: timeout)
            isWaiting.store(false, ordering: .relaxed)
            if timeout != 0 { expectation.waited(platform_monotonic_nanoseconds() - start) }
            dispatch(count)
        }
    }

    private func dispatch(_ count: Int) {
        NetworkActor.unchecked {
            poller.dispatch(count)
            timers.fireDue(now: platform_monotonic_nanoseconds())
        }
    }

    /// Looks at the poller again and again instead of going to sleep, for as long as an answer is expected.
    ///
    /// - Returns: what the poller reported; nil when nothing came, and the loop should sleep.
    private func spin(_ timeout: Int64) -> Int? {
        let start = platform_monotonic_nanoseconds()
        let patience = timeout < 0 ? WaitExpectation.short : min(WaitExpectation.short, UInt64(timeout))
        while platform_monotonic_nanoseconds() - start < patience {
            let count = poller.wait(timeout: 0)
            if count > 0 || hasMail.load(ordering: .relaxed) { return count }
        }
        expectation.missed()
        return nil
    }

    private func timeUntilNextTimer() -> Int64 {
        var timeout: Int64 = -1
        if let deadline = NetworkActor.unchecked({ timers.nextDeadline }) {
            let now = platform_monotonic_nanoseconds()
            timeout = deadline <= now ? 0 : Int64(clamping: deadline - now)
        }
        if !simulations.isEmpty {
            // Look again whether a simulation with nothing to do is stuck.
            let limit = SimulatedWorld.stallCheckNanoseconds
            timeout = timeout < 0 ? limit : min(timeout, limit)
        }
        return timeout
    }

    private func advanceSimulations() -> Bool {
        NetworkActor.unchecked {
            var advanced = false
            for simulation in simulations where simulation.step() { advanced = true }
            return advanced
        }
    }
}

private protocol Completion {
    var isComplete: Bool { get }
}

/// Written by the body's task and read by the loop, both on the loop's thread.
private final class Outcome<T>: Completion, @unchecked Sendable {
    var value: T?
    var isComplete: Bool { value != nil }
}
