/// A first-in, first-out queue between the loop and the threads that call `work`.
final class JobQueue: @unchecked Sendable {
    private let monitor = Monitor()
    private var jobs: [@Sendable () -> Void] = []
    /// Jobs before this index have been taken.
    private var head = 0
    private var idleThreads = 0
    private var isClosed = false

    /// Jobs that wait, and threads that wait for a job.
    var load: (waiting: Int, idle: Int) {
        monitor.withLock { (jobs.count - head, idleThreads) }
    }

    func append(_ job: @escaping @Sendable () -> Void) {
        monitor.withLock {
            jobs.append(job)
            monitor.signal()
        }
    }

    /// Lets the threads end once the queue is empty.
    func close() {
        monitor.withLock {
            isClosed = true
            monitor.broadcast()
        }
    }

    /// Runs jobs on the calling thread until the queue is closed and empty.
    func work() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        monitor.withLock {
            idleThreads += 1
            while head == jobs.count && !isClosed { monitor.wait() }
            idleThreads -= 1
            guard head < jobs.count else { return nil }
            let job = jobs[head]
            head += 1
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: jobs.count < 1024)
                head = 0
            }
            return job
        }
    }
}
