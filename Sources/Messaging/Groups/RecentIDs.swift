/// The latest of many ids.
struct RecentIDs {
    /// How many are kept.
    static let capacity = 2048

    private var ids: Set<MessageID> = []
    private var order: [MessageID] = []
    private var next = 0

    func contains(_ id: MessageID) -> Bool { ids.contains(id) }

    mutating func insert(_ id: MessageID) {
        guard ids.insert(id).inserted else { return }
        if order.count < Self.capacity {
            order.append(id)
        } else {
            ids.remove(order[next])
            order[next] = id
            next = (next + 1) % Self.capacity
        }
    }
}
