/// The ids that this side gives to its streams: odd for the dialer, even for the listener, each used once.
struct LocalStreamIDs {
    /// `nil` once all are used.
    var next: UInt32?

    init(role: YamuxRole) { next = role == .dialer ? 1 : 2 }

    mutating func take() -> UInt32? {
        guard let id = next else { return nil }
        let (following, overflow) = id.addingReportingOverflow(2)
        next = overflow ? nil : following
        return id
    }
}

/// The ids that the peer has used.
///
/// Peers that open streams from several threads send them slightly out of order, so a lower id than the last is no
/// error in itself; an id used twice is. Remembers the last 1,024 below the highest; anything older counts as used.
struct RemoteStreamIDs {
    private static let span = 1024
    private let parity: UInt32
    /// Position (half the id) after the highest that was used.
    private var end = 0
    private var used = ContiguousArray<Bool>(repeating: false, count: span)

    /// `role` is this side's own.
    init(role: YamuxRole) { parity = role == .dialer ? 0 : 1 }

    /// True when the peer, and not this side, gives out ids like this one.
    func covers(_ id: UInt32) -> Bool { id != 0 && id & 1 == parity }

    /// Marks an id as used; false when it was already.
    mutating func use(_ id: UInt32) -> Bool {
        let position = Int(id >> 1)
        if position >= end {
            let gap = position - end
            if gap >= Self.span {
                for index in used.indices { used[index] = false }
            } else {
                for skipped in end..<position { used[skipped % Self.span] = false }
            }
            end = position + 1
        } else if position < end - Self.span || used[position % Self.span] {
            return false
        }
        used[position % Self.span] = true
        return true
    }
}
