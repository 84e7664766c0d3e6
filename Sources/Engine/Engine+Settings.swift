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
        var begun: [String] = []
        do throws(CommandFailure) {
            for text in after where !before.contains(text) {
                try listen(text)
                begun.append(text)
            }
        } catch {
            for text in begun { stopListening(text) }
            throw error
        }
        for text in before where !after.contains(text) { stopListening(text) }
    }

    private func stopListening(_ text: String) {
        if let address = try? Multiaddr(text) { swarm.stopListening(on: address) }
    }

    /// Listens on an address that a setting names.
    func listen(_ text: String) throws(CommandFailure) {
        do {
            _ = try swarm.listen(on: try Multiaddr(text))
        } catch let error as SwarmError {
            let failure = CommandFailure(error)
            throw CommandFailure(failure.spec, "cannot listen on \(text): \(failure.message)")
        } catch {
            throw CommandFailure(.argumentInvalid, "cannot listen on \(text): \(error)")
        }
    }
}
