import Engine
import Reactor

/// A connection to an engine that runs in another process.
@NetworkActor final class EngineConnection {
    private let connection: UnixConnection
    /// The line that has begun and not ended.
    private var rest: [UInt8] = []
    /// Whether it has said anything.
    private(set) var hasSpoken = false

    /// Connects to the engine that serves this socket; nil if none does.
    init?(_ path: String) {
        guard let path = UnixPath(path), let connection = try? UnixConnection(connectingTo: path) else { return nil }
        self.connection = connection
    }

    /// Says something; false if nobody listens any more.
    func send(_ bytes: [UInt8]) async -> Bool {
        (try? await connection.writer.write(bytes)) != nil
    }

    /// Says that nothing more comes.
    func finish() {
        connection.closeWrite()
    }

    /// Ends it.
    func close() {
        connection.close()
    }

    /// Passes on whole lines until `isEnough`, until the engine ends, or until nobody takes them.
    ///
    /// - Returns: Whether they were taken to the end.
    @discardableResult
    func relay(to sink: any LineSink, until isEnough: () -> Bool = { false }) async -> Bool {
        while !isEnough(), let lines = await lines() {
            let isOpen = await withCheckedContinuation { continuation in
                sink.write(lines) { continuation.resume(returning: $0) }
            }
            guard isOpen else { return false }
        }
        return true
    }

    /// The next whole lines; nil at the end.
    private func lines() async -> [UInt8]? {
        while let bytes = try? await connection.reader.read(maximum: 1 << 18) {
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
                rest += bytes
                continue
            }
            hasSpoken = true
            let lines = rest + bytes[...end]
            rest = Array(bytes[(end + 1)...])
            return lines
        }
        return nil
    }
}
