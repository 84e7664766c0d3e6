/// How much the store holds.
public struct StoreSize: Sendable, Equatable {
    /// The database, without its write-ahead log. Bytes.
    public let bytes: Int64
    /// Durable events that are kept.
    public let events: Int64
}

extension ReadTransaction {
    /// How much the store holds. Costs the same however much that is.
    public func size() throws(StoreError) -> StoreSize {
        let (pages, pageSize) = (try database.pragma("page_count"), try database.pragma("page_size"))
        // Events are dropped from the front only, so those between the first and the last are all there.
        let last = try lastEventSeq()
        let first = try firstEventSeq() ?? last + 1
        return StoreSize(bytes: pages * pageSize, events: last - first + 1)
    }
}
