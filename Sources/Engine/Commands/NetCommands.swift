import Identity
import Multiformats
import Perf
import Reactor
import Swarm

/// The commands that reach into the network.
extension Command {
    static let netListen = Command(
        spec: CommandSpec(
            "net.listen", "Accept connections on an address.", arguments: [Arguments.address.required],
            answer: [Fields.addresses.measured.required], errors: [.addressInvalid, .addressInUse, .networkFailed],
            example: #"{"cmd":"net.listen","address":"/ip4/127.0.0.1/tcp/4001"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.netListen(call) })

    static let netConnect = Command(
        spec: CommandSpec(
            "net.connect", "Connect to a peer, at a given address or at its known ones.",
            arguments: [Arguments.address.spec, Arguments.peer.spec],
            alternatives: [.exactlyOne("address", "peer")],
            answer: [
                Fields.peer.required, Fields.alias, Fields.path.required, Fields.address.required, Fields.roundTrip,
            ],
            errors: dialErrors,
            example:
                #"{"cmd":"net.connect","address":"/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"}"#
        ).opposite("disconnect", "close"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.netConnect(call) })

    static let netDisconnect = Command(
        spec: CommandSpec(
            "net.disconnect", "Close all connections to a peer.", arguments: [Arguments.peer.required],
            answer: [Fields.peer.required, Fields.alias, NetFields.closed.required],
            errors: [.targetUnknown, .targetAmbiguous, .targetSelf, .peerNotConnected],
            example: #"{"cmd":"net.disconnect","peer":"bob"}"#
        ).opposite("connect"),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.netDisconnect(call) })

    static let netPing = Command(
        spec: CommandSpec(
            "net.ping", "Measure the round-trip time to a peer, once or several times.",
            arguments: [
                Arguments.peer.required, Arguments.pingCount.or(.integer(1)), Arguments.pingInterval.or(.integer(0)),
            ],
            item: [NetFields.number.required, Fields.roundTrip.required],
            answer: [
                Fields.peer.required, Fields.alias, NetFields.pings.required, NetFields.median.required,
                NetFields.minimum.required, NetFields.maximum.required,
            ],
            errors: dialErrors + [.peerUnsupported], example: #"{"cmd":"net.ping","peer":"bob","count":3}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.netPing(call) })

    static let netPerf = Command(
        spec: CommandSpec(
            "net.perf", "Measure the throughput to a peer that serves /perf/1.0.0.",
            arguments: [
                Arguments.peer.required, Arguments.upload.or(.integer(0)), Arguments.download.or(.integer(0)),
            ],
            progress: ProgressFields.counting("bytes", phases: PerfProgress.Phase.allCases.map(\.rawValue)),
            answer: [
                Fields.peer.required, Fields.alias, Arguments.upload.required, Arguments.download.required,
                NetFields.uploadRate.required, NetFields.downloadRate.required,
            ],
            errors: dialErrors + [.peerUnsupported],
            example: #"{"cmd":"net.perf","peer":"bob","upload":100000000,"download":100000000}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.netPerf(call) })

    static let netAddresses = Command(
        spec: CommandSpec(
            "net.addresses", "Show the addresses at which this engine can be reached.",
            answer: [NetFields.listening.required, NetFields.external.required], example: #"{"cmd":"net.addresses"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in
            call.ok { line in
                line.addresses(NetFields.listening, engine.ownAddresses)
                line.addresses(NetFields.external, engine.named(engine.swarm.externalAddresses))
            }
        })

    /// What a dial may fail with.
    static let dialErrors: [ErrorSpec] = [
        .targetUnknown, .targetAmbiguous, .targetSelf, .peerUnreachable, .peerBackoff, .peerWrongID, .addressInvalid,
        .limitReached, .networkFailed, .connectionLost,
    ]
}

enum NetFields {
    static let closed = FieldSpec("closed_count", .count, "connections closed", example: .integer(1))
    static let pings = FieldSpec("count", .count, "how many pings were answered", example: .integer(3))
    static let number = FieldSpec("number", .count, "the number of the ping, counted from 1", example: .integer(1))
    static let median = Fields.roundTrip.saying("round-trip time: the median")
    static let minimum = FieldSpec("min_ms", .number, "the shortest round trip", unit: "ms", example: .number(0.31))
        .measured
    static let maximum = FieldSpec("max_ms", .number, "the longest round trip", unit: "ms", example: .number(0.52))
        .measured
    static let uploadRate = FieldSpec(
        "upload_mib_s", .number, "send rate", unit: "MiB/s", example: .number(912.4)
    ).measured
    static let downloadRate = FieldSpec(
        "download_mib_s", .number, "receive rate", unit: "MiB/s", example: .number(934.1)
    ).measured
    static let listening = FieldSpec(
        "listening", .list(.multiaddr, count: 0...64), "addresses this engine listens on, with its peer id"
    ).measured
    static let external = FieldSpec(
        "external", .list(.multiaddr, count: 0...64),
        "addresses at which others have seen this engine, with its peer id"
    ).measured
}

extension Engine {
    func netListen(_ call: Invocation) throws(CommandFailure) {
        let address = try call.value(Arguments.address)
        do throws(SwarmError) {
            let actual = try swarm.listen(on: address)
            call.ok { $0.addresses(Fields.addresses, named(actual)) }
        } catch {
            throw CommandFailure(error).blaming(Fields.address.name)
        }
    }

    func netConnect(_ call: Invocation) async throws(CommandFailure) {
        let connection: Connection
        if let address = call.optional(Arguments.address) {
            guard address.peerID != localPeer else {
                throw CommandFailure(.targetSelf, "\(address) is this engine itself", field: Fields.address.name)
            }
            connection = try await dialed(Fields.address) { () async throws(SwarmError) in
                try await self.swarm.dial(address)
            }
        } else {
            let peer = try target(call, Arguments.peer)
            connection = try await dialed(Fields.peer) { () async throws(SwarmError) in
                try await self.swarm.dial(peer)
            }
        }
        var roundTrip = connection.roundTripTime
        if roundTrip == nil { roundTrip = try? await ping.ping(connection.remotePeer, count: 1).first }
        call.ok { line in
            line.contact(
                Fields.peer, connection.remotePeer, alias: contacts[connection.remotePeer]?.alias)
            line.string(Fields.path, "direct")
            line.address(Fields.address, connection.remoteAddress)
            line.milliseconds(Fields.roundTrip, roundTrip)
        }
    }

    /// A dial, its error blamed on the argument that said where to.
    private func dialed(
        _ field: FieldSpec, _ dial: () async throws(SwarmError) -> Connection
    ) async throws(CommandFailure) -> Connection {
        do throws(SwarmError) {
            return try await dial()
        } catch {
            throw CommandFailure(error).blaming(field.name)
        }
    }

    func netDisconnect(_ call: Invocation) throws(CommandFailure) {
        let peer = try target(call, Arguments.peer)
        let count = swarm.connections(to: peer).count
        guard count > 0 else {
            throw CommandFailure(.peerNotConnected, "there is no connection to \(peer)", field: Fields.peer.name)
        }
        swarm.disconnect(peer)
        call.ok { line in
            line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
            line.count(NetFields.closed, count)
        }
    }

    func netPing(_ call: Invocation) async throws(CommandFailure) {
        let peer = try target(call, Arguments.peer)
        let count = Int(try call.value(Arguments.pingCount))
        let interval = try call.value(Arguments.pingInterval)
        var times: [Duration] = []
        do {
            while times.count < count {
                if !times.isEmpty, interval > .zero { await world.clock.sleep(for: interval) }
                let time = try await ping.roundTrip(to: peer)
                times.append(time)
                call.item { line in
                    line.count(NetFields.number, times.count)
                    line.milliseconds(Fields.roundTrip, time)
                }
            }
        } catch {
            throw CommandFailure(anyOf: error).blaming(Fields.peer.name)
        }
        times.sort()
        guard let shortest = times.first, let longest = times.last else {
            throw CommandFailure(.networkFailed, "\(peer) answered no ping")
        }
        call.ok { line in
            line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
            line.count(NetFields.pings, times.count)
            line.milliseconds(NetFields.median, times[times.count / 2])
            line.milliseconds(NetFields.minimum, shortest)
            line.milliseconds(NetFields.maximum, longest)
        }
    }

    func netPerf(_ call: Invocation) async throws(CommandFailure) {
        let peer = try target(call, Arguments.peer)
        let upload = try call.value(Arguments.upload)
        let download = try call.value(Arguments.download)
        let clock = world.clock
        do {
            let result = try await perf.run(
                peer, upload: UInt64(clamping: upload), download: UInt64(clamping: download)
            ) { progress in
                call.progress(
                    Int64(clamping: progress.done), of: Int64(clamping: progress.total),
                    phase: progress.phase.rawValue, now: clock.now)
            }
            call.ok { line in
                line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
                line.integer(Arguments.upload.spec, upload)
                line.integer(Arguments.download.spec, download)
                line.number(NetFields.uploadRate, Self.rate(upload, result.uploadSeconds))
                line.number(NetFields.downloadRate, Self.rate(download, result.downloadSeconds))
            }
        } catch {
            throw CommandFailure(anyOf: error).blaming(Fields.peer.name)
        }
    }

    /// MiB a second, with one decimal; 0 for nothing in no time.
    private static func rate(_ bytes: Int64, _ seconds: Double) -> Double {
        guard seconds > 0 else { return 0 }
        return (Double(bytes) / 1_048_576 / seconds * 10).rounded() / 10
    }
}
