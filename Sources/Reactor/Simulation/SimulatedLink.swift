import Time

/// Something on its way between two hosts.
struct Parcel {
    /// For the trace.
    let label: String
    /// Bytes that take up bandwidth.
    let size: Int
    /// The connection's end that sent it: parcels of one sender keep their order.
    let sender: InProcessChannel
    let deliver: @NetworkActor () -> Void
}

/// One direction between two hosts.
@NetworkActor final class SimulatedLink {
    /// How long TCP repeats what is not acknowledged before it gives the connection up (Linux, tcp_retries2 = 15).
    static let retransmissionLimit = Duration.milliseconds(924_600)

    let name: String
    /// From a host to itself.
    let isLoopback: Bool
    var conditions: LinkConditions
    private let world: SimulatedWorld
    private var isCut = false
    private var busyUntil: UInt64 = 0
    /// What arrived at the cut, and waits for it to heal.
    private var held: [Parcel] = []
    private var stallTimers: [ObjectIdentifier: Timer] = [:]

    init(from sender: SimulatedHost, to receiver: SimulatedHost, conditions: LinkConditions, world: SimulatedWorld) {
        name = "\(sender.name)>\(receiver.name)"
        isLoopback = sender === receiver
        self.conditions = isLoopback ? .loopback : conditions
        self.world = world
    }

    func send(_ parcel: Parcel) {
        world.record("\(name) send \(parcel.label)")
        travel(parcel, extraDelay: 0)
    }

    /// A datagram: it may be lost or arrive twice, keeps no order, and waits for no healing.
    func send(datagram label: String, deliver: @escaping @NetworkActor () -> Void) {
        world.record("\(name) send \(label)")
        let random = world.networkRandom
        func happens(_ share: Double) -> Bool { share > 0 && Double(random.next() >> 11) * 0x1p-53 < share }
        if happens(conditions.loss) { return world.record("\(name) lose \(label)") }
        let jitter = conditions.jitter.nanosecondsClamped.magnitude
        for _ in 0..<(happens(conditions.duplication) ? 2 : 1) {
            var time = world.nanoseconds + conditions.latency.nanosecondsClamped.magnitude
            if jitter > 0 { time += random.next(below: jitter + 1) }
            world.schedule(at: time) { [self] in
                if isCut { return world.record("\(name) lose \(label)") }
                world.record("\(name) arrive \(label)")
                deliver()
            }
        }
    }

    private func travel(_ parcel: Parcel, extraDelay: UInt64) {
        let random = world.networkRandom
        var time = world.nanoseconds
        if let bandwidth = conditions.bandwidth, bandwidth > 0, parcel.size > 0 {
            let (nanoseconds, _) = UInt64(bandwidth).dividingFullWidth(
                UInt64(parcel.size).multipliedFullWidth(by: 1_000_000_000))
            busyUntil = max(busyUntil, time) + nanoseconds
            time = busyUntil
        }
        let latency = conditions.latency.nanosecondsClamped.magnitude
        time += latency + extraDelay
        let jitter = conditions.jitter.nanosecondsClamped.magnitude
        if jitter > 0 { time += random.next(below: jitter + 1) }
        if conditions.loss > 0 {
            // Each repetition takes a retransmission timeout: 200 ms or twice the latency, doubling.
            var timeout = max(200_000_000, latency * 2)
            var repetitions = 0
            while repetitions < 10, Double(random.next() >> 11) * 0x1p-53 < conditions.loss {
                time += timeout
                timeout *= 2
                repetitions += 1
            }
        }
        time = max(time, parcel.sender.lastArrival)
        parcel.sender.lastArrival = time
        world.schedule(at: time) { [self] in arrive(parcel) }
    }

    private func arrive(_ parcel: Parcel) {
        guard isCut else {
            world.record("\(name) arrive \(parcel.label)")
            return parcel.deliver()
        }
        world.record("\(name) hold \(parcel.label)")
        held.append(parcel)
        let key = ObjectIdentifier(parcel.sender)
        guard stallTimers[key] == nil else { return }
        let limit = world.nanoseconds + Self.retransmissionLimit.nanosecondsClamped.magnitude
        stallTimers[key] = world.schedule(at: limit) { [self] in
            stallTimers[key] = nil
            held.removeAll { $0.sender === parcel.sender }
            parcel.sender.fail(.timedOut)
        }
    }

    func cut() {
        isCut = true
    }

    /// What was held goes on its way, after the wait for the next repetition.
    func heal() {
        guard isCut else { return }
        isCut = false
        for timer in stallTimers.values { timer.cancel() }
        stallTimers = [:]
        let parcels = held
        held = []
        let wait = parcels.isEmpty ? 0 : world.networkRandom.next(below: 200_000_000 as UInt64)
        for parcel in parcels { travel(parcel, extraDelay: wait) }
    }
}
