import Reactor

/// A channel's events as `async` calls, for tests that read like a script.
@NetworkActor final class AsyncChannel: ByteChannelDelegate {
    let channel: any ByteChannel
    private var outcome: Result<Void, NetworkError>?
    private var connecting: CheckedContinuation<Void, any Error>?
    private var reading: CheckedContinuation<Void, Never>?
    private var writing: CheckedContinuation<Void, Never>?
    private(set) var readableCalls = 0
    private(set) var writableCalls = 0
    private(set) var failedCalls = 0

    init(_ channel: any ByteChannel) {
        self.channel = channel
        channel.delegate = self
    }

    static func connect(
        _ world: World, to address: SocketAddress, from source: SocketAddress? = nil
    ) async throws -> AsyncChannel {
        let made = AsyncChannel(try world.network.connect(to: address, from: source))
        try await made.connected()
        return made
    }

    func connected() async throws {
        if let outcome { return try outcome.get() }
        try await withCheckedThrowingContinuation { connecting = $0 }
    }

    /// The next bytes, nil at the end.
    func read(maximum: Int = 65_536) async throws -> [UInt8]? {
        while true {
            var result = ReadResult.wouldBlock
            let bytes = [UInt8](unsafeUninitializedCapacity: maximum) { buffer, initialized in
                result = channel.read(into: UnsafeMutableRawBufferPointer(buffer))
                if case .bytes(let count) = result { initialized = count }
            }
            switch result {
            case .bytes: return bytes
            case .endOfStream: return nil
            case .failed(let error): throw error
            case .wouldBlock: await withCheckedContinuation { reading = $0 }
            }
        }
    }

    func readToEnd() async throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try await read() { all += bytes }
        return all
    }

    func read(exactly count: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count, let bytes = try await read(maximum: count - all.count) { all += bytes }
        return all
    }

    func write(_ bytes: [UInt8]) async throws {
        var offset = 0
        while offset < bytes.count {
            let result = bytes.withUnsafeBytes { channel.write(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
            switch result {
            case .bytes(let count): offset += count
            case .wouldBlock: await withCheckedContinuation { writing = $0 }
            case .failed(let error): throw error
            }
        }
    }

    /// Writes as much as there is room for, without waiting. Returns how much that was.
    func fill(_ piece: [UInt8], limit: Int) -> Int {
        var total = 0
        while total < limit {
            guard case .bytes(let count) = piece.withUnsafeBytes({ channel.write($0) }) else { break }
            total += count
        }
        return total
    }

    func channelConnected() {
        outcome = .success(())
        connecting?.resume()
        connecting = nil
    }

    func channelFailed(_ error: NetworkError) {
        failedCalls += 1
        outcome = .failure(error)
        connecting?.resume(throwing: error)
        connecting = nil
    }

    func channelReadable() {
        readableCalls += 1
        reading?.resume()
        reading = nil
    }

    func channelWritable() {
        writableCalls += 1
        writing?.resume()
        writing = nil
    }
}

extension Listener {
    /// Runs `serve` in a task for each connection.
    func serve(_ serve: @escaping @NetworkActor (AsyncChannel) async -> Void) {
        onAccept = { channel in
            let accepted = AsyncChannel(channel)
            spawn { await serve(accepted) }
        }
    }

    /// Sends everything back, and ends when the client does.
    func serveEcho() {
        serve { client in
            while let bytes = try? await client.read() {
                do { try await client.write(bytes) } catch { break }
            }
            client.channel.close()
        }
    }
}
