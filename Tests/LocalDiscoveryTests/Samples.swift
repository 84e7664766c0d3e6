import Identity
import Multiformats
import Reactor
import TestSupport
import Time

@testable import LocalDiscovery

/// What the tests are made of.
enum Samples {
    static let start = Instant(nanoseconds: 1_000_000_000_000)
    static let wall = Timestamp(milliseconds: 1_767_225_600_000)
    static let address = Multiaddr.test("/ip4/10.0.0.7/tcp/4001")
    static let otherAddress = Multiaddr.test("/ip4/10.0.0.8/tcp/4001")

    static func ip(_ text: String) -> IPAddress {
        guard let ip = IPAddress(text) else { preconditionFailure("\(text) is no address") }
        return ip
    }

    static func peer(_ number: UInt8) -> PeerID { KeyPair.test(number).peerID }

    /// A state of mDNS that begins at ``start``.
    static func mdns(
        key: UInt8 = 1, name: String = "abcdefghijklmnopqrstuvwxyz012345", seed: UInt64 = 1,
        _ change: (inout LocalDiscoveryConfiguration) -> Void = { _ in }
    ) -> MDNSState<SeededRandom> {
        var configuration = LocalDiscoveryConfiguration()
        change(&configuration)
        let state = MDNSState(
            peer: peer(key), peerName: name, configuration: configuration, random: SeededRandom(seed: seed),
            now: start)
        guard let state else { preconditionFailure("\(name) is no label") }
        return state
    }

    /// A state of gigi-dns that begins at ``start``.
    static func gigi(
        key: UInt8 = 1, nickname: String = "alice", seed: UInt64 = 1,
        _ change: (inout LocalDiscoveryConfiguration) -> Void = { _ in }
    ) -> GigiState<SeededRandom> {
        var configuration = LocalDiscoveryConfiguration()
        change(&configuration)
        return GigiState(
            identity: .test(key), profile: .init(nickname: nickname, capabilities: ["chat"]),
            configuration: configuration, random: SeededRandom(seed: seed), now: start)
    }

    /// The datagram that another of this number announces itself with by mDNS.
    static func answer(
        _ number: UInt8, name: String, _ addresses: [Multiaddr] = [otherAddress], timeToLive: UInt32 = 360
    ) -> [UInt8] {
        guard let own = MDNSAdvertisement(peer: peer(number), peerName: name) else { return [] }
        return own.answer(addresses, timeToLive: timeToLive)
    }
}

extension MDNSState.Action {
    var sent: [UInt8]? { if case .send(let bytes) = self { bytes } else { nil } }
}

extension GigiState.Action {
    var sent: [UInt8]? { if case .send(let bytes) = self { bytes } else { nil } }
}
