import Crypto
import Identity
import Multiformats
import Store
import Swarm
import Time

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What is around: the network, the limits, the clock, the libraries.
extension Doctor {
    mutating func examineListening(_ settings: Settings) {
        let addresses = settings.listen
        if settings.servesNetwork {
            findings.append(.ok(.listen, "on all interfaces, on a free port"))
        } else if addresses.isEmpty {
            return findings.append(.ok(.listen, "nowhere: this engine accepts no connections"))
        }
        let swarm = Swarm(world: world, identity: KeyPair.generate { world.random.fill($0) })
        for text in addresses {
            // An address that is none was refused with the settings.
            guard let address = try? Multiaddr(text) else { continue }
            do throws(SwarmError) {
                _ = try swarm.listen(on: address)
                swarm.stopListening(on: address)
                findings.append(.ok(.listen, "\(text) is free"))
            } catch {
                findings.append(Self.refusal(CommandFailure(error), text, isEngineRunning: holder != nil))
            }
        }
    }

    private static func refusal(_ failure: CommandFailure, _ text: String, isEngineRunning: Bool) -> Finding {
        if failure.spec == .addressInUse, isEngineRunning {
            return .ok(.listen, "\(text) is in use, by the running engine")
        }
        let advice =
            failure.spec == .addressInUse
            ? "stop the program that listens there, or choose another port"
            : "choose an address of this machine; /ip4/0.0.0.0 and /ip6/:: stand for all of them"
        return .broken(.listen, "cannot listen: \(failure.message)", advice, exit: failure.spec.exit)
    }

    mutating func examineDescriptors() {
        var limit = rlimit()
        #if canImport(Darwin)
            let result = getrlimit(RLIMIT_NOFILE, &limit)
        #else
            let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
        guard result == 0 else { return }
        let connections = SwarmConfiguration().limits.system.connections
        findings.append(Self.descriptors(UInt64(limit.rlim_cur), connections: connections))
    }

    /// What to say about a limit of open files, where there may be so many connections.
    static func descriptors(_ limit: UInt64, connections: Int) -> Finding {
        // Beside the connections there are the store, the pipes, the listeners, and dials under way.
        let needed = UInt64(clamping: connections) + 64
        guard limit < needed else {
            return .ok(.descriptors, limit > 1 << 32 ? "any number of open files" : "\(limit) open files")
        }
        return .warning(
            .descriptors, "only \(limit) open files, where \(connections) connections may need \(needed)",
            "run: ulimit -n 1024; in a systemd unit: LimitNOFILE=1024")
    }

    mutating func examineClock() {
        findings.append(Self.clock(world.wallClock.now))
    }

    /// What to say if this is the time.
    static func clock(_ now: Timestamp) -> Finding {
        let advice = "set the clock: messages carry the time, and expire by it"
        if now < LinnetVersion.released {
            return .broken(.clock, "the clock says \(now.rfc3339), before this version of linnet was made", advice)
        }
        if now - LinnetVersion.released > .seconds(20 * 366 * 86_400) {
            return .warning(.clock, "the clock says \(now.rfc3339)", advice)
        }
        return .ok(.clock, now.rfc3339)
    }

    mutating func examineLibraries() {
        if let failure = CommandFailure.missingAlgorithms {
            let advice = "activate the default provider in openssl.cnf, and do not require FIPS"
            return findings.append(.broken(.libraries, failure.message, advice, exit: failure.spec.exit))
        }
        let names = ["linnet \(LinnetVersion.current)"] + CryptoLibrary.all.map { "\($0.name) \($0.version)" }
        findings.append(.ok(.libraries, (names + ["SQLite \(StoreInspection.libraryVersion)"]).joined(separator: ", ")))
    }
}
