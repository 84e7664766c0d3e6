import Messaging
import Reactor
import Store
import Time

/// The command that tells an operator how much an engine does and takes.
extension Command {
    static let stats = Command(
        spec: CommandSpec(
            "stats", "Show what the engine has done since it started, and the resources it uses.",
            answer: StatsFields.all.map(\.required) + StatsFields.machine, errors: [.storeFailed],
            example: #"{"cmd":"stats"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.stats(call) })
}

enum StatsFields {
    static let linesIn = count("lines_in", "lines read", example: 1200)
    static let bytesIn = count("bytes_in", "bytes read", "bytes", example: 98_304)
    static let linesRefused = count("lines_refused", "input lines that were not commands", example: 1)
    static let linesOut = count("lines_out", "lines written", example: 3400)
    static let bytesOut = count("bytes_out", "bytes written", "bytes", example: 532_480)
    static let succeeded = count("commands_ok", "commands answered with ok", example: 1190)
    static let failed = count("commands_failed", "commands answered with an error", example: 9)
    static let logged = count("events_durable", "durable events logged", example: 2100)
    static let told = count("events_ephemeral", "ephemeral events written", example: 120)
    static let dropped = count(
        "events_dropped", "ephemeral events dropped because a reader was slow", example: 0)
    static let opened = count("connections_opened", "connections opened, in both directions", example: 14)
    static let dials = count("dials_ok", "dials that succeeded", example: 9)
    static let failedDials = count("dials_failed", "dials that failed", example: 2)
    static let refusals = count("limit_refusals", "how often a resource limit was reached", example: 0)
    static let networkIn = count("network_in", "bytes received from the network", "bytes", example: 1_048_576)
    static let networkOut = count("network_out", "bytes sent to the network", "bytes", example: 2_097_152)
    static let discoveryIn = count(
        "discovery_in_count", "discovery datagrams received, including our own", example: 940)
    static let discoveryOut = count("discovery_out_count", "discovery datagrams sent", example: 310)
    static let discoveryFailed = count(
        "discovery_failed_count", "discovery datagrams that could not be sent", example: 0)
    static let discoveryMalformed = count(
        "discovery_malformed_count", "discovery datagrams that were malformed, or had a wrong signature", example: 1)
    static let discoveryLimited = count(
        "discovery_limited_count", "discovery datagrams ignored: too many, or from a sender of malformed ones",
        example: 0)
    static let discoveryRefused = count(
        "discovery_refused_count",
        "peers beyond the limit, addresses that cannot be on this network, statements not signed by the peer",
        example: 0)
    static let presenceIn = count("presence_in_count", "presence announcements received", example: 120)
    static let presenceOut = count("presence_out_count", "presence announcements sent", example: 42)
    static let presenceIgnored = count(
        "presence_ignored_count", "presence messages that were malformed, stale, implausible or too many", example: 0)
    static let presenceProbes = count(
        "presence_probes", "how often a silent peer was asked whether it is online", example: 2)
    static let groupRefusals = FieldSpec(
        "group_refusals",
        .object(
            GroupMessaging.refusalNames.map { name in
                FieldSpec(name, .count, "how often", example: .integer(1))
            }), "group messages refused, by reason", example: .object([.init("removed_member", .integer(2))])
    ).measured
    static let commits = count("store_commits", "transactions committed to disk", example: 1800)
    static let events = count("store_events", "durable events in the store", example: 2100)
    static let storeSize = count("store_size", "size of the database", "bytes", example: 1_310_720)

    static let memory = count("memory", "resident memory", "bytes", example: 25_165_824)
    static let peakMemory = count("memory_peak", "its peak value", "bytes", example: 31_457_280)
    static let processor = count("cpu_ms", "processor time of all threads", "ms", example: 840)
    static let descriptors = count("descriptors", "open descriptors", example: 17)

    static let all = [
        StatusFields.uptime, linesIn, bytesIn, linesRefused, linesOut, bytesOut, succeeded, failed,
        StatusFields.inFlight, logged, told, dropped, Fields.connections, StatusFields.streams, opened, dials,
        failedDials, refusals, networkIn, networkOut, discoveryIn, discoveryOut, discoveryFailed, discoveryMalformed,
        discoveryLimited, discoveryRefused, presenceIn, presenceOut, presenceIgnored, presenceProbes, groupRefusals,
        commits,
        events, storeSize,
    ]
    /// What a simulation has not.
    static let machine = [memory, peakMemory, processor, descriptors]

    private static func count(
        _ name: String, _ summary: String, _ unit: String? = nil, example: Int64
    ) -> FieldSpec {
        FieldSpec(name, .count, summary, unit: unit, example: .integer(example)).measured
    }
}

extension Engine {
    func stats(_ call: Invocation) async throws(CommandFailure) {
        let size: StoreSize
        do throws(StoreError) {
            size = try await store.read { try $0.size() }
        } catch {
            throw CommandFailure(error)
        }
        let found = discovery.counts
        let (network, resources, usage) = (swarm.counters, swarm.resources, world.processUsage())
        call.ok { line in
            line.integer(StatusFields.uptime, (world.clock.now - startedAt).millisecondsClamped)
            line.total(StatsFields.linesIn, counters.linesIn)
            line.total(StatsFields.bytesIn, counters.bytesIn)
            line.total(StatsFields.linesRefused, counters.linesRefused)
            line.total(StatsFields.linesOut, counters.linesOut)
            line.total(StatsFields.bytesOut, counters.bytesOut)
            line.total(StatsFields.succeeded, counters.commandsSucceeded)
            line.total(StatsFields.failed, counters.commandsFailed)
            line.count(StatusFields.inFlight, session.inFlight)
            line.total(StatsFields.logged, counters.eventsLogged)
            line.total(StatsFields.told, counters.eventsTold)
            line.total(StatsFields.dropped, counters.eventsDropped)
            line.count(Fields.connections, swarm.connections.count)
            line.count(StatusFields.streams, resources.system.streams)
            line.total(StatsFields.opened, network.connectionsOpened)
            line.total(StatsFields.dials, network.dialsSucceeded)
            line.total(StatsFields.failedDials, network.dialsFailed)
            line.total(StatsFields.refusals, resources.refusals)
            line.total(StatsFields.networkIn, network.bytesReceived)
            line.total(StatsFields.networkOut, network.bytesSent)
            line.total(StatsFields.discoveryIn, found.received)
            line.total(StatsFields.discoveryOut, found.sent)
            line.total(StatsFields.discoveryFailed, found.sendFailures)
            line.total(StatsFields.discoveryMalformed, found.malformed)
            line.total(StatsFields.discoveryLimited, found.limited)
            line.total(StatsFields.discoveryRefused, found.refused + found.implausible + found.unproved)
            line.count(StatsFields.presenceIn, presence.counts.heard)
            line.count(StatsFields.presenceOut, presence.counts.announced)
            line.count(StatsFields.presenceIgnored, presence.counts.dropped)
            line.count(StatsFields.presenceProbes, presence.counts.probes)
            line.value(
                StatsFields.groupRefusals,
                .object(
                    GroupMessaging.refusalNames.compactMap { name in
                        groups.refusals[name].map { .init(name, .integer(Int64(clamping: $0))) }
                    }))
            line.total(StatsFields.commits, store.commitCount)
            line.integer(StatsFields.events, size.events)
            line.integer(StatsFields.storeSize, size.bytes)
            line.total(StatsFields.memory, usage?.residentMemory)
            line.total(StatsFields.peakMemory, usage?.peakResidentMemory)
            line.integer(StatsFields.processor, usage?.processorTime.millisecondsClamped)
            line.count(StatsFields.descriptors, usage?.descriptors)
        }
    }
}

extension LineWriter {
    fileprivate mutating func total(_ field: FieldSpec, _ value: UInt64?) {
        integer(field, value.map { min(Int64(clamping: $0), FieldType.safeInteger) })
    }
}
