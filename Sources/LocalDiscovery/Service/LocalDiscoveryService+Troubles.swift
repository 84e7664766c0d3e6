import Reactor

/// What does not work is told to a person, once, with what to do; and tried again.
extension LocalDiscoveryService {
    /// Something has failed.
    func failed(_ place: Troubles.Place, _ error: NetworkError, isRetried: Bool = true) {
        let text = describe(place, error)
        if troubles.failed(place, text, isRetried: isRetried, now) { onProblem?(text) }
    }

    /// Something works, or works again.
    func worked(_ place: Troubles.Place) {
        if let text = troubles.worked(place) { onRecovery?(text) }
    }

    /// The watch over the interfaces has begun, or something about it has changed.
    func watchChanged() {
        guard isRunning else { return }
        if let failure = swarm.interfaceWatchFailure {
            failed(.watch, failure, isRetried: false)
        } else {
            worked(.watch)
        }
    }

    private func describe(_ place: Troubles.Place, _ error: NetworkError) -> String {
        switch place {
        case .interfaces:
            return "the interfaces of this machine cannot be listed, so no peers are found on the local network: "
                + "\(error); \(Self.netlink)"
        case .watch:
            return "the system does not report changes of this machine's interfaces, so they are noticed some seconds "
                + "late: \(error); \(Self.netlink)"
        case .socket(let key):
            let family = key.isIPv4 ? "IPv4" : "IPv6"
            return "peers are not found by \(key.source.title) with \(family): \(error); "
                + Self.advice(key.source, error)
        case .joining(let source, let key):
            return "peers are not found by \(source.title) \(on(key)): \(error); " + Self.advice(source, error)
        case .sending(let source, let key):
            return "nothing can be sent for \(source.title) \(on(key)), so peers there do not find this one: "
                + "\(error); " + Self.advice(source, error)
        }
    }

    private func on(_ key: DiscoveryLink.Key) -> String {
        "on \(names[key.interface] ?? "interface \(key.interface)") with \(key.isIPv4 ? "IPv4" : "IPv6")"
    }

    private static let netlink =
        "if linnet runs in a sandbox, allow netlink sockets in it (systemd: AF_NETLINK in RestrictAddressFamilies)"

    private static func advice(_ source: LocalDiscovery.Source, _ error: NetworkError) -> String {
        let port = "UDP port \(source.port)"
        return switch error {
        case .addressInUse: "another program has \(port) for itself: stop it, or choose another discovery setting"
        case .tooManyFiles: "discovery is tried again when there are some"
        default: "see that a sandbox or firewall lets multicast on \(port) through, or add the addresses of peers"
        }
    }
}

extension LocalDiscovery.Source {
    /// What people call it.
    fileprivate var title: String {
        switch self {
        case .mdns: "mDNS"
        case .gigi: "gigi-dns"
        }
    }
}
