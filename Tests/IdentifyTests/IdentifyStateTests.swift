import Identify
import Identity
import Multiformats
import TestSupport
import Testing
import Time

@Suite("What a node says about itself")
struct IdentifyStateTests {
    private let now = Timestamp(milliseconds: 1_700_000_000_000)
    private let observed = Multiaddr.test("/ip4/192.0.2.7/tcp/50000")

    private func state(addresses: [String], protocols: [String] = ["/a"]) -> IdentifyState {
        var state = IdentifyState(identity: .test(1), protocolVersion: "test/1", agentVersion: "agent/1")
        _ = state.update(addresses: addresses.map { .test($0) }, protocols: protocols)
        return state
    }

    private func record(_ message: IdentifyMessage) throws -> PeerRecord {
        try PeerRecord.open(message.signedPeerRecord ?? []).record
    }

    @Test("everything that a peer asks for")
    func fields() throws {
        var state = state(addresses: ["/ip4/10.0.0.1/tcp/4001"], protocols: ["/a", "/b"])
        let message = state.message(to: .remote, observed: observed, now: now)
        #expect(message.publicKey == KeyPair.test(1).publicKey.protobuf)
        #expect(message.protocols == ["/a", "/b"])
        #expect(message.agentVersion == "agent/1")
        #expect(message.protocolVersion == "test/1")
        #expect(message.observedAddress == observed)
        #expect(message.listenAddresses == [.test("/ip4/10.0.0.1/tcp/4001")])
        let record = try record(message)
        #expect(record.peerID == KeyPair.test(1).peerID)
        #expect(record.addresses == message.listenAddresses)
        #expect(record.sequence == 1_700_000_000_000_000_000)
    }

    @Test("loopback addresses are for peers on this machine only")
    func loopback() throws {
        let addresses = ["/ip4/127.0.0.1/tcp/1", "/ip4/10.0.0.1/tcp/1", "/ip6/::1/tcp/1", "/memory/7"]
        var state = state(addresses: addresses)
        let remote = state.message(to: .remote, observed: observed, now: now)
        #expect(remote.listenAddresses == [.test("/ip4/10.0.0.1/tcp/1")])
        #expect(try record(remote).addresses == remote.listenAddresses)
        let local = state.message(to: .local, observed: observed, now: now)
        #expect(local.listenAddresses == addresses.map { .test($0) })
        #expect(try record(local).addresses == local.listenAddresses)
    }

    @Test("the record is sealed once for each change, and its sequence grows even if the clock does not")
    func sequence() throws {
        var state = state(addresses: ["/ip4/10.0.0.1/tcp/1"])
        let first = state.message(to: .remote, observed: observed, now: now)
        let again = state.message(to: .remote, observed: .test("/ip4/192.0.2.8/tcp/1"), now: now + .seconds(5))
        #expect(again.signedPeerRecord == first.signedPeerRecord)
        var last = try record(first).sequence
        for (port, time) in [(2, now), (3, now - .seconds(1000)), (4, now + .seconds(1))] {
            let isChange = state.update(addresses: [.test("/ip4/10.0.0.1/tcp/\(port)")], protocols: ["/a"])
            #expect(isChange)
            let next = try record(state.message(to: .remote, observed: observed, now: time)).sequence
            #expect(next > last)
            last = next
        }
        #expect(last == 1_700_000_001_000_000_000)
    }

    @Test("a message has at most 4096 bytes: addresses give way first, then protocols")
    func size() throws {
        let addresses = (0..<300).map { "/ip4/10.0.\($0 / 250).\($0 % 250)/tcp/4001" }
        var many = state(addresses: addresses, protocols: (0..<20).map { "/protocol/\($0)/1.0.0" })
        let message = many.message(to: .remote, observed: observed, now: now)
        #expect(message.encoded.count <= 4096)
        #expect(message.protocols.count == 20)
        #expect(message.listenAddresses.count > 40)
        #expect(message.listenAddresses == addresses.prefix(message.listenAddresses.count).map { .test($0) })
        #expect(try record(message).addresses == message.listenAddresses)

        var wordy = state(addresses: addresses, protocols: (0..<500).map { "/protocol/\($0)/1.0.0" })
        let cut = wordy.message(to: .remote, observed: observed, now: now)
        #expect(cut.encoded.count <= 4096)
        #expect(cut.protocols.count > 100)
        #expect(cut.signedPeerRecord != nil)
    }

    @Test("only real changes are changes")
    func changes() {
        var state = state(addresses: ["/ip4/10.0.0.1/tcp/1"])
        let revision = state.revision
        let same = state.update(addresses: [.test("/ip4/10.0.0.1/tcp/1")], protocols: ["/a"])
        #expect(!same)
        #expect(state.revision == revision)
        let other = state.update(addresses: [.test("/ip4/10.0.0.1/tcp/1")], protocols: ["/a", "/b"])
        #expect(other)
        #expect(state.revision == revision + 1)
    }

    @Test("each peer is told once for each change, so many at a time")
    func pushes() {
        var state = state(addresses: [])
        let peers = (1...4).map { KeyPair.test($0).peerID }
        func next(_ limit: Int) -> Int? {
            state.beginPush(among: peers, limit: limit).flatMap { peers.firstIndex(of: $0) }
        }
        state.didTell(peers[0])
        #expect([next(2), next(2), next(2)] == [1, 2, nil])
        state.endPush(to: peers[1], revision: state.revision)
        #expect([next(2), next(2)] == [3, nil])
        state.endPush(to: peers[2], revision: state.revision)
        state.endPush(to: peers[3], revision: state.revision)
        #expect([next(2)] == [nil])
        // A change while a push is under way makes another one due.
        _ = state.update(addresses: [], protocols: ["/new"])
        let revision = state.revision
        #expect([next(1), next(1)] == [0, nil])
        _ = state.update(addresses: [], protocols: ["/newer"])
        state.endPush(to: peers[0], revision: revision)
        #expect([next(1)] == [0])
        state.endPush(to: peers[0], revision: state.revision)
        #expect([next(1)] == [1])
        state.forget(peers[0])
        state.forget(peers[1])
        #expect([next(1)] == [0])
    }
}
