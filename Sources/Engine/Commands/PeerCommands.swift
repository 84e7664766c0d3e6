import Identity
import Reactor
import Swarm

/// The commands about peers.
extension Command {
    static let peerList = Command(
        spec: CommandSpec(
            "peer.list", "List the peers that are connected, were found on the local network, or are contacts.",
            arguments: [
                Arguments.onlyConnected.spec, Arguments.limit.or(.integer(100)), Arguments.after.spec,
            ],
            item: [
                Fields.peer.required, Fields.alias, Fields.connected.required, Fields.path, Fields.direction,
                Fields.roundTrip, Fields.agent, DiscoveryFields.nick, DiscoveryFields.verified,
                DiscoveryFields.interface,
            ],
            answer: [Fields.count.required, Fields.next], example: #"{"cmd":"peer.list","connected":true}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.peerList(call) })

    static let peerShow = Command(
        spec: CommandSpec(
            "peer.show", "Show what is known about a peer.", arguments: [Arguments.peer.required],
            answer: [
                Fields.peer.required, Fields.alias, Fields.agent, Fields.protocols.required, Fields.addresses.required,
                Fields.connected.required, Fields.connections.required, Fields.path, Fields.direction, Fields.roundTrip,
            ] + DiscoveryFields.profile + [DiscoveryFields.source, DiscoveryFields.interface],
            errors: [.targetUnknown, .targetAmbiguous], example: #"{"cmd":"peer.show","peer":"bob"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.peerShow(call) })
}

extension Engine {
    func peerList(_ call: Invocation) async throws(CommandFailure) {
        let limit = try call.value(Arguments.limit)
        let wanted = call.optional(Arguments.onlyConnected)
        let after = call.optional(Arguments.after).flatMap { try? PeerID($0) }
        let known = Set(swarm.connectedPeers).union(contacts.all.map(\.peer)).union(discovery.peers.map(\.peer))
        let peers = known.filter { peer in
            (wanted == nil || swarm.isConnected(peer) == wanted) && after.map { $0 < peer } != false
        }.sorted()
        var count = 0
        for peer in peers.prefix(Int(limit)) {
            await call.room()
            count += 1
            let connection = swarm.bestConnection(to: peer)
            call.item { line in
                line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
                line.bool(Fields.connected, connection != nil)
                line.string(Fields.path, connection == nil ? nil : "direct")
                line.string(Fields.direction, connection?.direction.rawValue)
                line.milliseconds(Fields.roundTrip, connection?.roundTripTime)
                line.string(Fields.agent, swarm.peers[peer]?.agentVersion)
                let found = discovery[peer]
                line.nick(found, told: presence[peer]?.nick)
                line.string(DiscoveryFields.interface, found?.interface)
            }
        }
        call.ok { line in
            line.count(Fields.count, count)
            if peers.count > count { line.peer(Fields.next, peers[..<count].last) }
        }
    }

    func peerShow(_ call: Invocation) throws(CommandFailure) {
        let peer = try resolver.resolve(try call.value(Arguments.peer), field: Fields.peer.name)
        guard peer != localPeer else { return showSelf(call) }
        let info = swarm.peers[peer]
        let connections = swarm.connections(to: peer)
        let addresses = swarm.addressBook.addresses(of: peer)
        guard
            info != nil || !connections.isEmpty || !addresses.isEmpty || contacts[peer] != nil
                || discovery[peer] != nil || presence[peer] != nil
        else {
            throw CommandFailure(.targetUnknown, "nothing is known about \(peer)", field: Fields.peer.name)
        }
        call.ok { line in
            line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
            line.string(Fields.agent, info?.agentVersion)
            line.strings(Fields.protocols, info?.protocols ?? [])
            line.addresses(Fields.addresses, addresses)
            line.bool(Fields.connected, !connections.isEmpty)
            line.count(Fields.connections, connections.count)
            line.string(Fields.path, connections.isEmpty ? nil : "direct")
            line.string(Fields.direction, swarm.bestConnection(to: peer)?.direction.rawValue)
            line.milliseconds(Fields.roundTrip, connections.lazy.compactMap(\.roundTripTime).min())
            line.found(discovery[peer], told: presence[peer]?.nick)
        }
    }

    private func showSelf(_ call: Invocation) {
        call.ok { line in
            line.peer(Fields.peer, localPeer)
            line.string(Fields.agent, LinnetVersion.agent)
            line.strings(Fields.protocols, swarm.supportedProtocols)
            line.addresses(Fields.addresses, swarm.listenAddresses)
            line.bool(Fields.connected, false)
            line.count(Fields.connections, 0)
        }
    }
}
