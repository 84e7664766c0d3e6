import Crypto
import Identity
import Multiformats
import Noise
import Reactor

/// A transport connection on its way to become a ``Connection``: waits for the transport, carries the upgrade's bytes,
/// and holds the deadlines. It calls its completion exactly once.
@NetworkActor
final class PendingConnection: ByteChannelDelegate {
    typealias Completion = @NetworkActor (Result<Connection, UpgradeFailure>) -> Void

    /// Bytes taken by one read: the messages of an upgrade are small.
    private static let readSize = 16 << 10

    /// More than the longest honest upgrade needs. It ends a peer that would keep the loop busy until the deadline.
    private static let maximumReceived = 256 << 10

    private let swarm: Swarm
    private let channel: any ByteChannel
    let direction: Direction
    private let expectedPeer: PeerID?
    private let charge: ConnectionCharge
    private var upgrade: ConnectionUpgrade
    private var completion: Completion?
    private var timer: Timer?
    private var isConnected: Bool
    private var isReceiving = false
    private var receivedCount = 0
    private var unsent: [UInt8] = []

    /// Upgrades in the order of their beginning.
    let order: UInt64

    init(
        swarm: Swarm, channel: any ByteChannel, direction: Direction, expectedPeer: PeerID?, charge: ConnectionCharge,
        completion: @escaping Completion
    ) {
        self.swarm = swarm
        self.channel = channel
        self.direction = direction
        self.expectedPeer = expectedPeer
        self.charge = charge
        self.completion = completion
        order = swarm.nextConnectionID()
        isConnected = direction == .inbound
        upgrade = ConnectionUpgrade(
            role: direction == .outbound ? .initiator : .responder, identity: swarm.identity,
            staticKey: swarm.noiseKey, ephemeral: swarm.makeEphemeralKey(), expectedPeer: expectedPeer)
        channel.delegate = self
    }

    func start() {
        guard direction == .outbound else { return startUpgrade() }
        let timeout = swarm.configuration.connectTimeout
        timer = swarm.world.clock.schedule(after: timeout) { [weak self] in
            self?.fail(.timedOut, "no answer within \(timeout)")
        }
    }

    func cancel() { fail(.cancelled, "given up") }

    /// Whether it is charged to the scope of the allow-list.
    var isAllowListed: Bool { charge.isAllowListed }

    /// Ends so that another may begin for which there would be no room.
    func giveWay(to limit: LimitExceeded) {
        end(UpgradeFailure(reason: .limitExceeded, detail: limit.description, limit: limit))
    }

    private func startUpgrade() {
        let configuration = swarm.configuration
        let timeout =
            direction == .inbound ? configuration.inboundUpgradeTimeout : configuration.outboundUpgradeTimeout
        timer?.cancel()
        timer = swarm.world.clock.schedule(after: timeout) { [weak self] in
            self?.fail(.timedOut, "connected, but the handshake was not finished within \(timeout)")
        }
        do throws(UpgradeError) {
            send(try upgrade.start())
        } catch {
            return fail(error)
        }
        channelReadable()
    }

    // MARK: Channel

    func channelConnected() {
        guard !isConnected else { return }
        isConnected = true
        startUpgrade()
    }

    func channelReadable() {
        guard isConnected, !isReceiving else { return }
        isReceiving = true
        defer { isReceiving = false }
        while completion != nil {
            var result = ReadResult.wouldBlock
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.readSize) { buffer, count in
                result = channel.read(into: UnsafeMutableRawBufferPointer(buffer))
                if case .bytes(let read) = result { count = read }
            }
            switch result {
            case .bytes(let count):
                receivedCount += count
                swarm.counters.bytesReceived &+= UInt64(count)
                guard receivedCount <= Self.maximumReceived else {
                    return fail(.upgradeFailed, "more than \(Self.maximumReceived) bytes within the handshake")
                }
                receive(bytes)
            case .wouldBlock: return
            case .endOfStream: return fail(.unreachable, "the other side closed the connection during the handshake")
            case .failed(let error): return fail(DialFailure(error), "\(error)")
            }
        }
    }

    func channelWritable() { send([]) }

    func channelFailed(_ error: NetworkError) {
        var failure = UpgradeFailure(reason: DialFailure(error), detail: "\(error)")
        failure.isSourceTaken = error == .addressNotAvailable || error == .addressInUse
        end(failure)
    }

    private func receive(_ bytes: [UInt8]) {
        do throws(UpgradeError) {
            switch try upgrade.receive(bytes) {
            case .needMore(let reply):
                send(reply)
            case .finished(let reply, let secure):
                send(reply)
                if completion != nil { finish(secure) }
            }
        } catch {
            fail(error)
        }
    }

    /// Sends as much as the channel takes. What waits is bounded by what an upgrade says in all.
    private func send(_ bytes: [UInt8]) {
        unsent += bytes
        while completion != nil, !unsent.isEmpty {
            switch unsent.withUnsafeBytes({ channel.write($0) }) {
            case .bytes(let count):
                unsent.removeFirst(count)
                swarm.counters.bytesSent &+= UInt64(count)
            case .wouldBlock: return
            case .failed(let error): return fail(DialFailure(error), "\(error)")
            }
        }
    }

    // MARK: The end

    private func finish(_ secure: ConnectionUpgrade.SecureChannel) {
        do throws(LimitExceeded) {
            try charge.assign(to: secure.noise.remotePeer)
        } catch {
            return end(
                UpgradeFailure(reason: .limitExceeded, detail: error.description, limit: error))
        }
        guard let completion = takeCompletion() else { return }
        let upgraded = UpgradedConnection(
            channel: channel, direction: direction, localAddress: swarm.multiaddr(channel.localAddress),
            remoteAddress: swarm.multiaddr(channel.remoteAddress), secure: secure, charge: charge)
        completion(.success(swarm.connectionUpgraded(upgraded, unsent: unsent)))
    }

    private func fail(_ error: UpgradeError) {
        var failure = UpgradeFailure(reason: .upgradeFailed, detail: error.detail)
        if case .noise(let noise) = error {
            switch noise.code {
            case .wrongPeer(let expected, let actual):
                failure = UpgradeFailure(
                    reason: .wrongPeer, detail: "is peer \(actual), expected \(expected)", expectedPeer: expected,
                    actualPeer: actual)
            case .ownIdentity:
                failure.isSelf = true
            default:
                break
            }
        }
        end(failure)
    }

    private func fail(_ reason: DialFailure, _ detail: String) {
        end(UpgradeFailure(reason: reason, detail: detail))
    }

    private func end(_ failure: UpgradeFailure) {
        guard let completion = takeCompletion() else { return }
        channel.delegate = nil
        channel.close()
        charge.release()
        completion(.failure(failure))
    }

    private func takeCompletion() -> Completion? {
        timer?.cancel()
        timer = nil
        defer { completion = nil }
        guard let completion else { return nil }
        swarm.pending[ObjectIdentifier(self)] = nil
        return completion
    }
}

extension DialFailure {
    init(_ error: NetworkError) {
        switch error {
        case .refused: self = .refused
        case .timedOut: self = .timedOut
        case .tooManyFiles: self = .limitExceeded
        case .unsupported: self = .unsupportedAddress
        case .nameNotFound: self = .unresolved
        default: self = .unreachable
        }
    }
}
