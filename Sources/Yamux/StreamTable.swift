/// The streams of a session, each in a slot that stays its own while the stream lives.
///
/// Bound: `maximumInboundStreams` + `maximumOutboundStreams`.
struct StreamTable {
    /// By slot; a vacant one has id 0. Open to the session, so that streams change in place.
    var streams: ContiguousArray<StreamState> = []
    private var vacantSlots: ContiguousArray<Int> = []
    private var slots: [UInt32: Int] = [:]
    /// The stream found last: frames and calls come in runs.
    private var last: (id: UInt32, slot: Int) = (0, 0)
    private(set) var inboundCount = 0

    var count: Int { slots.count }
    var outboundCount: Int { slots.count - inboundCount }

    /// The slot of a stream.
    func find(_ id: UInt32) -> Int? {
        if id == last.id && id != 0 { return last.slot }
        return slots[id]
    }

    /// The slot of a stream, remembered for the next time.
    mutating func slot(of id: UInt32) -> Int? {
        if id == last.id && id != 0 { return last.slot }
        guard let slot = slots[id] else { return nil }
        last = (id, slot)
        return slot
    }

    mutating func insert(_ stream: StreamState) -> Int {
        let slot: Int
        if let vacant = vacantSlots.popLast() {
            slot = vacant
            streams[slot] = stream
        } else {
            slot = streams.count
            streams.append(stream)
        }
        slots[stream.id] = slot
        inboundCount += stream.isInbound ? 1 : 0
        return slot
    }

    mutating func remove(at slot: Int) {
        let stream = streams[slot]
        guard slots.removeValue(forKey: stream.id) != nil else { return assertionFailure("a vacant slot") }
        if last.id == stream.id { last = (0, 0) }
        inboundCount -= stream.isInbound ? 1 : 0
        streams[slot] = StreamState(id: 0, isInbound: stream.isInbound, window: YamuxConfiguration.defaultWindow)
        vacantSlots.append(slot)
    }
}
