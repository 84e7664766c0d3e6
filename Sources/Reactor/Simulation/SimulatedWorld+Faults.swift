/// What can go wrong. Hosts are named as they were added; an unknown name traps, as it can only be a slip in a test.
extension SimulatedWorld {
    /// Sets the conditions between all different hosts, those to come included. Undoes what was set for single pairs.
    public func setConditions(_ conditions: LinkConditions) {
        defaultConditions = conditions
        for link in links.values where !link.isLoopback { link.conditions = conditions }
    }

    /// Sets the conditions between two hosts, in both directions.
    public func setConditions(_ conditions: LinkConditions, between left: String, and right: String) {
        setConditions(conditions, from: left, to: right)
        setConditions(conditions, from: right, to: left)
    }

    /// Sets the conditions in one direction.
    public func setConditions(_ conditions: LinkConditions, from sender: String, to receiver: String) {
        link(from: known(sender), to: known(receiver)).conditions = conditions
    }

    /// Cuts every way between the two groups. Connections stay, and nothing arrives: bytes wait for `heal`, and after
    /// the 15 minutes that TCP tries, the connection times out. New connections time out after 130 seconds.
    public func partition(_ left: [String], _ right: [String]) {
        record("partition \(left) \(right)")
        for (a, b) in pairs(left, right) {
            link(from: a, to: b).cut()
            link(from: b, to: a).cut()
        }
    }

    /// Cuts the way in one direction only.
    public func partition(from senders: [String], to receivers: [String]) {
        record("partition one way \(senders) \(receivers)")
        for (a, b) in pairs(senders, receivers) { link(from: a, to: b).cut() }
    }

    /// Ends all partitions. What waited is sent again.
    public func heal() {
        record("heal")
        for key in links.keys.sorted() { links[key]?.heal() }
    }

    /// Breaks every connection between two hosts: both sides see a reset, at once.
    public func cutConnections(between left: String, and right: String) {
        let ends = [known(left), known(right)]
        cut { connection in
            (connection.clientHost === ends[0] && connection.serverHost === ends[1])
                || (connection.clientHost === ends[1] && connection.serverHost === ends[0])
        }
    }

    /// Breaks every connection of a host, and closes its listeners: what others see when its process is killed.
    public func crash(_ name: String) {
        let host = known(name)
        for port in host.listeners.keys.sorted() { host.listeners[port]?.close() }
        for socket in host.multicastSockets { socket.close() }
        cut { $0.clientHost === host || $0.serverHost === host }
    }

    /// Makes a host's system refuse something from now on, with an error; with none, it refuses no longer.
    public func refuse(_ refusal: SimulatedRefusal, on name: String, with error: NetworkError?) {
        let host = known(name)
        record("refuse \(refusal) \(name) \(error.map { "\($0)" } ?? "no more")")
        host.refusals[refusal] = error
        guard refusal == .watching else { return }
        schedule(after: .zero) { for watch in host.watches { watch.onFailureChange?() } }
    }

    /// Takes all sockets of groups away from a host: they receive nothing any more, and say so.
    public func loseMulticast(on name: String, with error: NetworkError) {
        let host = known(name)
        record("lose multicast \(name)")
        schedule(after: .zero) { for socket in host.multicastSockets { socket.fail(error) } }
    }

    private func cut(where matches: (SimulatedConnection) -> Bool) {
        for number in connections.keys.sorted() {
            guard let connection = connections[number], matches(connection) else { continue }
            record("cut #\(number)")
            connection.cut()
        }
    }

    private func pairs(_ left: [String], _ right: [String]) -> [(SimulatedHost, SimulatedHost)] {
        left.flatMap { a in right.map { b in (known(a), known(b)) } }
    }

    func known(_ name: String) -> SimulatedHost {
        guard let host = host(named: name) else { preconditionFailure("no host '\(name)' in the simulation") }
        return host
    }
}
