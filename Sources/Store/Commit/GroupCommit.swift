import Time

/// The store's own side of the thread border: runs batches of jobs, each batch's writes in one transaction.
///
/// Every write has a savepoint, so one that fails rolls back alone. SQLite sometimes rolls the whole transaction back by
/// itself (no room, no memory, an I/O error): the write in which that happened fails, and those before it are done again
/// in a new transaction together with the rest, so a body may run more than once.
///
/// Unchecked: confined to the store's serial worker.
final class GroupCommit: @unchecked Sendable {
    /// What a batch came to.
    struct Outcome: Sendable {
        /// One for each job, in order; nil is success.
        var failures: [StoreError?]
        /// The events that were committed, in the order of their numbers.
        var events: [LoggedEvent] = []
    }

    private var database: Database?
    private var problem: (@Sendable () -> String?)?

    /// Opens the database and brings its schema up to date.
    func open(_ location: StoreLocation, configuration: StoreConfiguration) throws(StoreError) {
        let database = try Database(location, configuration: configuration)
        try database.prepareSchema(configuration: configuration)
        self.database = database
        problem = configuration.problem
    }

    /// Closes the database; SQLite folds the write-ahead log into the file, and removes it.
    func close() {
        // By its name, which may be that of another's by now.
        if problem?() != nil { database?.keepLog() }
        database = nil
    }

    /// Runs the writes of `jobs` in order and commits them, then runs the reads.
    ///
    /// - Parameter now: the time by a clock that does not jump.
    func perform(_ jobs: [any StoreJob], at now: Timestamp? = nil) -> Outcome {
        var outcome = Outcome(failures: Array(repeating: nil, count: jobs.count))
        guard let database else {
            outcome.failures = jobs.map { _ in StoreError(.closed, "the store is closed") }
            return outcome
        }
        if let text = problem?() {
            outcome.failures = jobs.map { _ in StoreError(.gone, text) }
            return outcome
        }
        var writes = jobs.indices.filter { jobs[$0].isWrite }[...]
        var repeats = Self.maximumRepeats
        while !writes.isEmpty {
            commit(&writes, of: jobs, on: Transaction(database, now: now), repeats: &repeats, into: &outcome)
        }
        for index in jobs.indices where !jobs[index].isWrite {
            outcome.failures[index] = jobs[index].execute(in: Transaction(database))
        }
        return outcome
    }

    /// How often the good writes of one batch are done again because another one cost them their transaction.
    private static let maximumRepeats = 8

    /// One transaction: takes from `writes` as many as it decided.
    private func commit(
        _ writes: inout ArraySlice<Int>, of jobs: [any StoreJob], on transaction: Transaction, repeats: inout Int,
        into outcome: inout Outcome
    ) {
        let database = transaction.database
        do {
            try database.run("BEGIN IMMEDIATE")
        } catch {
            // No use in trying again for each of the others.
            for index in writes { outcome.failures[index] = error }
            writes = []
            return
        }
        var succeeded: [Int] = []
        while let index = writes.popFirst() {
            outcome.failures[index] = runInSavepoint(jobs[index], transaction)
            if outcome.failures[index] == nil { succeeded.append(index) }
            guard database.isAutocommit else { continue }
            let failure = outcome.failures[index] ?? Self.lostTransaction
            outcome.failures[index] = failure
            succeeded.removeAll { $0 == index }
            if repeats > 0 {
                repeats -= 1
                writes = succeeded + writes
            } else {
                for index in succeeded { outcome.failures[index] = failure }
            }
            return
        }
        do {
            try database.run("COMMIT")
            outcome.events += transaction.appended
        } catch {
            if !database.isAutocommit { try? database.run("ROLLBACK") }
            for index in succeeded { outcome.failures[index] = error }
        }
    }

    private func runInSavepoint(_ job: any StoreJob, _ transaction: Transaction) -> StoreError? {
        let database = transaction.database
        let mark = transaction.appended.count
        do throws(StoreError) {
            try database.run("SAVEPOINT job")
            if let failure = job.execute(in: transaction) { throw failure }
            try database.run("RELEASE job")
            return nil
        } catch {
            transaction.appended.removeLast(transaction.appended.count - mark)
            guard !database.isAutocommit else { return error }
            do {
                try database.run("ROLLBACK TO job")
                try database.run("RELEASE job")
            } catch {
                // Without the savepoint nothing of this transaction can be told apart: it goes as a whole.
                try? database.run("ROLLBACK")
            }
            return error
        }
    }

    private static var lostTransaction: StoreError {
        StoreError(.internal, "SQLite ended the transaction by itself")
    }
}
