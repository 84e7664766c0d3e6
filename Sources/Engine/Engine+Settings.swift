import Multiformats
import Swarm

/// Settings that change while an engine runs.
extension Engine {
    /// The settings that hold now.
    var settings: Settings { configuration.settings }

    /// Makes other settings hold from now on. Those that are not live must be as they were.
    ///
    /// - Throws: what listening says; then nothing has changed.
    func adopt(_ changed: Configuration) throws(CommandFailure) {
        let (before, after) = (settings, changed.settings)
        // What can fail goes before what cannot be taken back: the port that is given up may be gone.
        let serves = before.servesNetwork || after.servesNetwork
        try listenOnNetwork(before: before.servesNetwork, after: serves)
        do throws(CommandFailure) {
            try listen(before: before.listen, after: after.listen)
        } catch {
            try listenOnNetwork(before: serves, after: before.servesNetwork)
            throw error
        }
        try listenOnNetwork(before: serves, after: after.servesNetwork)
        if before.servesPerf != after.servesPerf {
            if after.servesPerf { perf.serve() } else { perf.stopServing() }
        }
        log.level = after.logLevel
        log.format = after.logFormat
        pruning?.retention = after.retention
        defer {
            scheduleIdleLock()
            adaptDiscovery()
            adaptPresence()
        }
        // How to end is asked of the settings when it comes to it.
        configuration = changed
    }

    /// Begins to listen where a setting wants it and did not before, and stops where it does not any more. Addresses
    /// that were given by `net.listen` alone stay as they are.
    private func listen(before: [String], after: [String]) throws(CommandFailure) {
        let new = after.filter { !before.contains($0) }
        try listen(onAll: new, besides: after.count - new.count)
        for text in before where !after.contains(text) { stopListening(text) }
    }

    /// Listens on the addresses that a setting names; on all of them, or on none.
    ///
    /// But one of a kind that this system has none of, such as IPv6, is left out, which the log tells, if there are
    /// others: so that one configuration does for every machine.
    ///
    /// - Parameter others: How many addresses are listened on already.
    func listen(onAll texts: [String], besides others: Int = 0) throws(CommandFailure) {
        var begun: [String] = []
        var missing: [CommandFailure] = []
        do throws(CommandFailure) {
            for text in texts {
                if let failure = try listen(text) { missing.append(failure) } else { begun.append(text) }
            }
            if let failure = missing.first, begun.isEmpty, others == 0 { throw failure }
        } catch {
            for text in begun { stopListening(text) }
            throw error
        }
        for failure in missing { log(.warning, "not listening", [("reason", failure.message)]) }
    }

    private func stopListening(_ text: String) {
        if let address = try? Multiaddr(text) { swarm.stopListening(on: address) }
    }

    /// Listens on an address that a setting names.
    ///
    /// - Returns: What is to be said if this system has no addresses of its kind; nil if it is listened on.
    func listen(_ text: String) throws(CommandFailure) -> CommandFailure? {
        do {
            _ = try swarm.listen(on: try Multiaddr(text))
            return nil
        } catch let error as SwarmError {
            let said = CommandFailure(error)
            let failure = CommandFailure(said.spec, "cannot listen on \(text): \(said.message)")
            if error.code == .familyMissing { return failure }
            throw failure
        } catch {
            throw CommandFailure(.argumentInvalid, "cannot listen on \(text): \(error)")
        }
    }
}
