import Time

@testable import Yamux

// The session's own calls, since a test's expectations cannot hold a value that cannot be copied.
extension Endpoint {
    var hasOutput: Bool { session.hasOutput }
    var streamCount: Int { session.streamCount }
    var inboundStreamCount: Int { session.inboundStreamCount }
    var roundTripTime: Duration? { session.roundTripTime }
    var nextTimeout: Instant? { session.nextTimeout }

    func open() throws(YamuxError) -> UInt32 { try session.open() }
    func accept(_ id: UInt32) throws(YamuxError) { try session.accept(id) }
    func read(_ id: UInt32, max limit: Int = .max) throws(YamuxError) -> [UInt8]? { try session.read(id, max: limit) }
    func write(_ bytes: [UInt8], to id: UInt32) throws(YamuxError) { try session.write(bytes, to: id) }
    func sendRoom(_ id: UInt32) -> Int { session.sendRoom(id) }
    func unsentCount(_ id: UInt32) -> Int { session.unsentCount(id) }
    func readableCount(_ id: UInt32) -> Int { session.readableCount(id) }
    func isAtEnd(_ id: UInt32) -> Bool { session.isAtEnd(id) }
    func contains(_ id: UInt32) -> Bool { session.contains(id) }
    func closeWrite(_ id: UInt32) { session.closeWrite(id) }
    func reset(_ id: UInt32, code: UInt32 = 0) { session.reset(id, code: code) }
    func forget(_ id: UInt32) { session.forget(id) }
    func goAway(_ code: UInt32 = 0) { session.goAway(code) }
    func ping() { session.ping(now: now) }
    func handleTimeout() throws(YamuxError) { try session.handleTimeout(now: now) }

    /// The state of streams, by slot.
    var streams: ContiguousArray<StreamState> { session.table.streams }
    var failure: YamuxError? { session.failure }
    var windowBudget: Int { session.windowBudget.available }
    var largestWindow: UInt32 { session.largestWindow }
    var unacknowledgedCount: Int { session.unacknowledgedCount }
    var unacceptedCount: Int { session.unacceptedCount }
    var pendingPongs: Int { session.pongs.count }
}
