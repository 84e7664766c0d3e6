import Crypto
import Identity
import Noise
import Reactor

/// Why an adversary's call ended without what it waited for.
public enum AdversaryError: Error, Equatable {
    /// The other side closed or reset the connection.
    case ended
    /// The other side did not answer as an honest one would.
    case unexpected
}

/// A hostile peer: a bare byte channel that can say anything at any layer. It can complete multistream-select and
/// Noise, and then send any bytes as the multiplexer's; it can stop reading, drip, and reset.
///
/// Give it a deadline through the world's clock; it has none of its own.
@NetworkActor
public final class Adversary: ByteChannelDelegate {
    private let channel: any ByteChannel
    private let world: World
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isConnected: Bool
    private var received: [UInt8] = []
    private var unsent: [UInt8] = []
    private var opened: [UInt8] = []
    private var noise: NoiseResult?
    private var holdsLastMessage = false

    /// Whether the other side has closed or reset the connection.
    public private(set) var isEnded = false
    /// While true, nothing is taken from the channel.
    public var hasStoppedReading = false

    /// While true, what is sent waits; it leaves in one piece when this becomes false.
    public var isHolding = false {
        didSet { flush() }
    }

    /// Takes a channel over.
    public init(_ channel: any ByteChannel, world: World, isConnected: Bool = true) {
        self.channel = channel
        self.world = world
        self.isConnected = isConnected
        channel.delegate = self
    }

    /// Connects to an address.
    public static func connect(_ world: World, to address: SocketAddress) async throws -> Adversary {
        let channel = try world.network.connect(to: address, from: nil)
        let adversary = Adversary(channel, world: world, isConnected: false)
        while !adversary.isConnected {
            guard !adversary.isEnded else { throw AdversaryError.ended }
            await adversary.wait()
        }
        return adversary
    }

    /// Listens, and gives everyone who connects to `body` in a task of its own.
    public static func listen(
        _ world: World, on address: SocketAddress, _ body: @escaping @NetworkActor (Adversary) async -> Void
    ) throws -> any Listener {
        let listener = try world.network.listen(on: address, backlog: 64)
        listener.onAccept = { channel in
            let adversary = Adversary(channel, world: world)
            spawn { await body(adversary) }
        }
        return listener
    }

    // MARK: Raw bytes

    /// Sends bytes as they are.
    public func send(_ bytes: [UInt8]) {
        unsent += bytes
        flush()
    }

    /// Sends bytes one at a time, `interval` apart; ends early when the other side closes.
    public func drip(_ bytes: [UInt8], every interval: Duration) async {
        for byte in bytes where !isEnded {
            send([byte])
            await world.clock.sleep(for: interval)
            poll()
        }
    }

    /// The next `count` bytes that come.
    public func receive(_ count: Int) async throws -> [UInt8] {
        while received.count < count {
            poll()
            if received.count >= count { break }
            guard !isEnded else { throw AdversaryError.ended }
            await wait()
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    /// Waits until the other side has closed or reset the connection.
    public func untilEnded() async {
        poll()
        while !isEnded {
            await wait()
            received = []
        }
    }

    /// Ends the connection rudely.
    public func reset() { channel.reset() }

    /// Ends the connection the orderly way.
    public func close() { channel.close() }

    // MARK: Layers

    /// One message of multistream-select.
    public nonisolated static func negotiation(_ text: String) -> [UInt8] {
        let count = text.utf8.count + 1
        let length = count < 128 ? [UInt8(count)] : [UInt8(count & 0x7f) | 0x80, UInt8(count >> 7)]
        return length + Array(text.utf8) + [0x0a]
    }

    /// Completes multistream-select and Noise as the dialing side, agreeing on Yamux within the handshake.
    ///
    /// - Parameter holding: hold the last message back, to be sent in one piece with what follows; see ``isHolding``.
    /// - Parameter offeringMuxer: name the muxer within the handshake; otherwise it has to be negotiated afterwards.
    public func dialHandshake(
        as identity: KeyPair, holding: Bool = false, offeringMuxer: Bool = true
    ) async throws {
        holdsLastMessage = holding
        let opening = Self.negotiation("/multistream/1.0.0") + Self.negotiation("/noise")
        send(opening)
        guard try await receive(opening.count) == opening else { throw AdversaryError.unexpected }
        try await runNoise(.initiator, as: identity, muxers: offeringMuxer ? ["/yamux/1.0.0"] : [])
    }

    /// Completes multistream-select and Noise as the side that was dialed.
    public func answerHandshake(as identity: KeyPair) async throws {
        let opening = Self.negotiation("/multistream/1.0.0") + Self.negotiation("/noise")
        guard try await receive(opening.count) == opening else { throw AdversaryError.unexpected }
        send(opening)
        try await runNoise(.responder, as: identity, muxers: ["/yamux/1.0.0"])
    }

    private func runNoise(_ role: NoiseRole, as identity: KeyPair, muxers: [String]) async throws {
        let key = NoiseStaticKey(privateKey: newKey(), identity: identity)
        var handshake = NoiseHandshake(
            role: role, identity: identity, staticKey: key, ephemeral: newKey(), muxers: muxers)
        send(try handshake.start())
        while true {
            let first = try await receive(1)
            let bytes = first + received
            received = []
            switch try handshake.receive(bytes) {
            case .needMore(let reply):
                send(reply)
            case .finished(let reply, let result, let leftover):
                isHolding = holdsLastMessage
                send(reply)
                received = leftover + received
                noise = result
                return
            }
        }
    }

    private func newKey() -> X25519.PrivateKey {
        X25519.PrivateKey(bytes: SecretBytes(count: 32) { world.random.fill($0) })
    }

    /// Sends bytes as one sealed record (at most 65,519 of them), or several.
    public func sendSealed(_ plaintext: [UInt8]) throws {
        for start in stride(from: 0, to: max(plaintext.count, 1), by: NoiseSealer.maximumPlaintext) {
            try send(seal(Array(plaintext[start..<min(start + NoiseSealer.maximumPlaintext, plaintext.count)])))
        }
    }

    /// One sealed record, to be sent whole, in parts, or damaged.
    public func seal(_ plaintext: [UInt8]) throws -> [UInt8] {
        guard let noise else { throw AdversaryError.unexpected }
        var record = [0, 0] + plaintext + [UInt8](repeating: 0, count: 16)
        _ = try record.withUnsafeMutableBytes { try noise.sealer.seal(record: $0, plaintext: plaintext.count) }
        return record
    }

    /// The next `count` bytes that come in sealed records.
    public func receiveSealed(_ count: Int) async throws -> [UInt8] {
        guard let opener = noise?.opener else { throw AdversaryError.unexpected }
        while opened.count < count {
            let header = try await receive(2)
            let body = try await receive(Int(header[0]) << 8 | Int(header[1]))
            var record = header + body
            let plaintext = try record.withUnsafeMutableBytes { buffer in
                try opener.open(buffer).map { Array(buffer[$0.plaintext]) }
            }
            opened += plaintext ?? []
        }
        defer { opened.removeFirst(count) }
        return Array(opened.prefix(count))
    }

    /// One frame of Yamux.
    public nonisolated static func frame(
        type: UInt8, flags: UInt16, stream: UInt32, length: UInt32, body: [UInt8] = []
    ) -> [UInt8] {
        var frame: [UInt8] = [0, type, UInt8(flags >> 8), UInt8(flags & 0xff)]
        for value in [stream, length] {
            frame += [UInt8(value >> 24), UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
        }
        return frame + body
    }

    /// A data frame of Yamux with the right length.
    public nonisolated static func data(_ body: [UInt8], stream: UInt32, flags: UInt16 = 0) -> [UInt8] {
        frame(type: 0, flags: flags, stream: stream, length: UInt32(body.count), body: body)
    }

    // MARK: Channel

    /// The channel stands.
    public func channelConnected() {
        isConnected = true
        wake()
    }

    /// There is something to read.
    public func channelReadable() {
        poll()
        wake()
    }

    /// There is room to write.
    public func channelWritable() { flush() }

    /// The channel could not be connected.
    public func channelFailed(_ error: NetworkError) {
        isEnded = true
        channel.close()
        wake()
    }

    private func poll() {
        while !hasStoppedReading, !isEnded, isConnected {
            var result = ReadResult.wouldBlock
            let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                result = channel.read(into: UnsafeMutableRawBufferPointer(buffer))
                if case .bytes(let read) = result { count = read }
            }
            switch result {
            case .bytes: received += bytes
            case .wouldBlock: return
            case .endOfStream, .failed:
                isEnded = true
                channel.close()
            }
        }
    }

    private func flush() {
        while !isEnded, !isHolding, !unsent.isEmpty {
            guard case .bytes(let count) = unsent.withUnsafeBytes({ channel.write($0) }) else { return }
            unsent.removeFirst(count)
        }
    }

    private func wait() async {
        await withUnsafeContinuation { waiter = $0 }
    }

    private func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }
}
