import LocalDiscovery
import Multiformats
import Reactor
import Swarm

/// Whether peers on the local network can be found.
extension Doctor {
    /// Tries groups on the interfaces that are listened on.
    mutating func examineDiscovery(_ settings: Settings) async {
        guard settings.discovery != .off else {
            return findings.append(.ok(.discovery, "off: no peers are looked for"))
        }
        let hosts = settings.listen.compactMap { (try? Multiaddr($0))?.leadingIP }
        let all: [NetworkInterface]
        do throws(NetworkError) {
            all = try world.network.interfaces()
        } catch {
            let problem = "the interfaces of this machine cannot be listed: \(error)"
            return findings.append(.warning(.discovery, problem, Self.netlink))
        }
        let watch = world.network.watchInterfaces {}
        if let failure = watch.failure {
            let problem = "the system does not report changes of this machine's interfaces: \(failure)"
            findings.append(.warning(.discovery, problem, Self.netlink))
        }
        watch.close()
        let interfaces = all.filter { interface in
            settings.servesNetwork
                || hosts.contains { host in
                    interface.addresses.contains { own in
                        host.isUnspecified ? host.family == own.ip.family : own.ip.bytes == host.bytes
                    }
                }
        }
        guard !interfaces.isEmpty else {
            return findings.append(.ok(.discovery, "this engine listens on no interface; --lan listens on all of them"))
        }
        let sources = LocalDiscoveryConfiguration(settings).sources.sorted()
        for interface in interfaces {
            guard interface.carriesMulticast else {
                findings.append(Self.silent("\(interface.name) carries no multicast"))
                continue
            }
            var problem: String?
            for source in sources where problem == nil {
                switch await MulticastProbe.run(world, interface, source) {
                case .works: break
                case .silent: problem = "what is sent to UDP port \(source.port) does not come back"
                case .failed(let error): problem = "UDP port \(source.port): \(error)"
                }
            }
            findings.append(
                problem.map { Self.silent("no multicast on \(interface.name): \($0)") }
                    ?? .ok(.discovery, "multicast works on \(interface.name)"))
        }
    }

    private static let netlink =
        "allow netlink sockets, if this is a sandbox (systemd: AF_NETLINK in RestrictAddressFamilies)"

    private static func silent(_ message: String) -> Finding {
        .warning(
            .discovery, message,
            "peers are not found there: let UDP to 224.0.0.251, ports 5353 and 7173, through, or add their addresses")
    }
}
