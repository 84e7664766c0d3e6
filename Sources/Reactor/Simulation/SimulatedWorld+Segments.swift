/// Local networks. A host is on none until it is attached to one; then datagrams to a group reach all hosts that are on
/// the same segment, by the links between them with their latency, loss, duplication and partitions.
extension SimulatedWorld {
    /// Plugs a host into a segment: with its first interface, or with a new one that has an address of its own. Hosts
    /// are named as they were added.
    public func attach(_ name: String, to segment: String, ip: IPAddress? = nil) {
        let host = known(name)
        record("attach \(name) \(segment)")
        if let ip {
            precondition(self.host(at: ip) == nil, "there is a host with address \(ip) already")
            host.interfaceCount += 1
            let index = host.interfaceCount
            host.interfaces.append(
                SimulatedInterface(index: index, name: "eth\(index - 2)", ip: ip, segment: segment))
            host.addresses.insert(ip, at: 1)
        } else {
            host.interfaces[1].segment = segment
        }
        tell(host)
    }

    /// Unplugs a host. An interface that was made by attaching goes, and its address with it.
    public func detach(_ name: String, from segment: String) {
        let host = known(name)
        record("detach \(name) \(segment)")
        for interface in host.interfaces where interface.segment == segment && interface.index > 2 {
            host.addresses.removeAll { $0 == interface.ip }
            host.interfaces.removeAll { $0.index == interface.index }
        }
        if host.interfaces[1].segment == segment { host.interfaces[1].segment = nil }
        tell(host)
    }

    /// Gives a host another first address, as another network does. Connections to and from the one before stay, and
    /// nothing arrives on them any more.
    public func readdress(_ name: String, to ip: IPAddress) {
        let host = known(name)
        precondition(self.host(at: ip) == nil, "there is a host with address \(ip) already")
        record("readdress \(name) \(ip)")
        host.addresses[0] = ip
        let interface = host.interfaces[1]
        host.interfaces[1] = SimulatedInterface(
            index: interface.index, name: interface.name, ip: ip, segment: interface.segment)
        tell(host)
    }

    private func tell(_ host: SimulatedHost) {
        schedule(after: .zero) { for watch in host.watches { watch.onChange?() } }
    }
}
