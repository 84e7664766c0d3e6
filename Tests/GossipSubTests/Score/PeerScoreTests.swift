import Identity
import TestSupport
import Testing
import Time

@testable import GossipSub

/// One test for each part of the score, by the names of go-libp2p-pubsub's score tests.
@Suite struct PeerScoreTests {
    private let peer = KeyPair.test(1).peerID
    private let other = KeyPair.test(2).peerID
    private let start = Instant(nanoseconds: 1_000_000_000_000)
    private static let id = MessageID([1])

    private static func score(
        _ change: (inout PeerScoreParameters, inout TopicScoreParameters) -> Void
    ) -> PeerScore {
        var parameters = PeerScoreParameters()
        var topic = TopicScoreParameters()
        topic.weight = 0.5
        topic.timeInMeshWeight = 0
        topic.firstDeliveriesWeight = 0
        topic.invalidWeight = 0
        change(&parameters, &topic)
        parameters.topics = ["t": topic]
        parameters.topicDefault = nil
        return PeerScore(parameters)
    }

    @Test func timeInMesh() {
        var score = Self.score {
            $1.timeInMeshWeight = 1; $1.timeInMeshQuantum = .milliseconds(1)
        }
        score.add(peer, address: nil)
        #expect(score.score(of: peer, start) == 0)
        score.graft(peer, "t", start)
        #expect(score.score(of: peer, start + .milliseconds(40)) == 20)
    }

    @Test func timeInMeshCap() {
        var score = Self.score {
            $1.timeInMeshWeight = 1
            $1.timeInMeshQuantum = .milliseconds(1)
            $1.timeInMeshCap = 10
        }
        score.add(peer, address: nil)
        score.graft(peer, "t", start)
        #expect(score.score(of: peer, start + .seconds(40)) == 5)
    }

    @Test func firstMessageDeliveriesCapAndDecay() {
        var score = Self.score {
            $1.firstDeliveriesWeight = 1
            $1.firstDeliveriesCap = 50
            $1.firstDeliveriesDecay = 0.9
        }
        score.add(peer, address: nil)
        for number in 0..<100 { score.deliver(MessageID([UInt8(number)]), "t", from: peer, start) }
        #expect(score.score(of: peer, start) == 25)
        score.decay(start)
        #expect(abs(score.score(of: peer, start) - 22.5) < 1e-9)
        for _ in 0..<200 { score.decay(start) }
        #expect(score.score(of: peer, start) == 0)
    }

    @Test func meshMessageDeliveries() {
        var score = Self.score {
            $1.meshDeliveriesWeight = -1
            $1.meshDeliveriesThreshold = 20
            $1.meshDeliveriesCap = 100
            $1.meshDeliveriesWindow = .milliseconds(10)
            $1.meshDeliveriesActivation = .seconds(1)
        }
        let third = KeyPair.test(3).peerID
        for peer in [peer, other, third] {
            score.add(peer, address: nil)
            score.graft(peer, "t", start)
        }
        #expect(score.score(of: peer, start + .milliseconds(900)) == 0, "too early")
        var now = start + .seconds(2)
        #expect(score.score(of: peer, now) == -200, "nothing delivered: 20², weighed by a half")
        for number in 0..<40 {
            let id = MessageID([UInt8(number)])
            score.beginValidation(id, now)
            score.duplicate(id, "t", from: other, now)
            score.deliver(id, "t", from: peer, now)
            now += .milliseconds(11)
            score.duplicate(id, "t", from: third, now)
        }
        #expect(score.score(of: peer, now) == 0)
        #expect(score.score(of: other, now) == 0, "a duplicate while it was validated counts")
        #expect(score.score(of: third, now) == -200, "one after the window does not")
    }

    @Test func meshMessageDeliveriesDecay() {
        var score = Self.score {
            $1.meshDeliveriesWeight = -1
            $1.meshDeliveriesDecay = 0.9
            $1.meshDeliveriesActivation = .seconds(1)
        }
        score.add(peer, address: nil)
        score.graft(peer, "t", start)
        for number in 0..<40 { score.deliver(MessageID([UInt8(number)]), "t", from: peer, start) }
        let later = start + .seconds(2)
        #expect(score.score(of: peer, later) == 0)
        for _ in 0..<20 { score.decay(later) }
        #expect(score.score(of: peer, later) < 0)
    }

    @Test func meshFailurePenalty() {
        var score = Self.score {
            $1.meshFailureWeight = -1
            $1.meshDeliveriesActivation = .seconds(1)
        }
        for peer in [peer, other] {
            score.add(peer, address: nil)
            score.graft(peer, "t", start)
        }
        let later = start + .seconds(2)
        #expect(score.score(of: peer, later) == 0, "P3 has no weight here")
        score.prune(peer, "t", later)
        #expect(score.score(of: peer, later) == -200)
        #expect(score.score(of: other, later) == 0)
    }

    @Test func invalidMessageDeliveriesAndDecay() {
        var score = Self.score {
            $1.invalidWeight = -1; $1.invalidDecay = 0.9
        }
        score.add(peer, address: nil)
        for number in 0..<10 { score.reject(MessageID([UInt8(number)]), "t", from: peer, start) }
        #expect(score.score(of: peer, start) == -50)
        score.decay(start)
        #expect(abs(score.score(of: peer, start) + 40.5) < 1e-9)
    }

    @Test func rejectMessageDeliveries() {
        var score = Self.score { $1.invalidWeight = -2 }
        for peer in [peer, other] { score.add(peer, address: nil) }
        // Ignored: nobody's fault.
        score.beginValidation(Self.id, start)
        score.duplicate(Self.id, "t", from: other, start)
        score.ignore(Self.id, start)
        score.duplicate(Self.id, "t", from: peer, start)
        #expect(score.score(of: peer, start) == 0 && score.score(of: other, start) == 0)
        // Rejected: everyone's who sent it, before or after.
        let bad = MessageID([2])
        let third = KeyPair.test(3).peerID
        score.add(third, address: nil)
        score.beginValidation(bad, start)
        score.duplicate(bad, "t", from: other, start)
        score.reject(bad, "t", from: peer, start)
        score.duplicate(bad, "t", from: third, start)
        score.duplicate(bad, "t", from: third, start)
        for peer in [peer, other, third] { #expect(score.score(of: peer, start) == -1) }
    }

    @Test func applicationScore() {
        var score = Self.score { parameters, _ in parameters.appWeight = 0.5 }
        score.add(peer, address: nil)
        score.setApplicationScore(peer, -30)
        #expect(score.score(of: peer, start) == -15)
        score.setApplicationScore(other, -30)
        #expect(score.score(of: other, start) == 0, "a stranger is not remembered")
    }

    @Test func ipColocationAndWhitelist() {
        func twenty(_ whitelist: Set<String>) -> Double {
            var score = Self.score { parameters, _ in
                parameters.ipColocationThreshold = 10
                parameters.ipColocationWeight = -5
                parameters.ipColocationWhitelist = whitelist
            }
            for number in 1...20 { score.add(KeyPair.test(UInt8(number)).peerID, address: "10.0.0.1") }
            return score.score(of: peer, start)
        }
        #expect(twenty([]) == -500, "20 peers on one address, 10 more than expected")
        #expect(twenty(["10.0.0.1"]) == 0)
    }

    @Test func behaviourPenalty() {
        var score = Self.score { parameters, _ in
            parameters.behaviourWeight = -1
            parameters.behaviourThreshold = 1
            parameters.behaviourDecay = 0.5
        }
        score.penalize(peer)
        #expect(score.score(of: peer, start) == 0, "a stranger is not remembered")
        score.add(peer, address: nil)
        score.penalize(peer)
        #expect(score.score(of: peer, start) == 0, "once is forgiven")
        score.penalize(peer, 2)
        #expect(score.score(of: peer, start) == -4)
        score.decay(start)
        #expect(score.score(of: peer, start) == -0.25)
    }

    @Test func retention() {
        var score = Self.score { parameters, topic in
            parameters.retainScore = .seconds(10)
            topic.invalidWeight = -1
            topic.invalidDecay = 0.5
        }
        score.add(peer, address: "10.0.0.1")
        score.reject(Self.id, "t", from: peer, start)
        score.remove(peer, start)
        score.decay(start + .seconds(9))
        #expect(score.score(of: peer, start + .seconds(9)) == -0.5, "it neither decays nor goes")
        score.add(peer, address: "10.0.0.1")
        #expect(score.score(of: peer, start + .seconds(9)) == -0.5, "coming back washes nothing")
        score.remove(peer, start + .seconds(9))
        score.decay(start + .seconds(19))
        #expect(score.score(of: peer, start + .seconds(19)) == 0)
        #expect(score.peers.isEmpty)
    }

    @Test func goodScoresAndTooManyBadOnesAreForgotten() {
        var score = Self.score { parameters, topic in
            parameters.maximumRetained = 5
            topic.firstDeliveriesWeight = 1
        }
        score.add(peer, address: nil)
        score.deliver(Self.id, "t", from: peer, start)
        score.remove(peer, start)
        #expect(score.peers.isEmpty)
        for number in 1...20 {
            let peer = KeyPair.test(UInt8(number)).peerID
            score.add(peer, address: "10.0.0.\(number)")
            score.remove(peer, start + .seconds(Int64(number)))
        }
        #expect(score.peers.count == 5)
        #expect(score.peers[KeyPair.test(20).peerID] != nil)
    }

    /// CVE-2022-47547: credit in one topic must not carry a peer that forwards nothing in another.
    @Test func topicCapBoundsCredit() {
        var parameters = PeerScoreParameters()
        parameters.topicCap = 10
        var generous = TopicScoreParameters()
        generous.firstDeliveriesWeight = 100
        var strict = TopicScoreParameters()
        strict.meshDeliveriesWeight = -1
        strict.meshDeliveriesActivation = .seconds(1)
        parameters.topics = ["one": generous, "two": strict]
        var score = PeerScore(parameters)
        score.add(peer, address: nil)
        score.graft(peer, "one", start)
        score.graft(peer, "two", start)
        for number in 0..<3 { score.deliver(MessageID([UInt8(number)]), "one", from: peer, start) }
        let now = start + .seconds(5)
        #expect(score.score(of: peer, now) < 0, "the deficit of 'two' outweighs what 'one' earned")
    }

    @Test func decayFactor() {
        let parameters = PeerScoreParameters()
        let factor = parameters.decay(over: .seconds(100))
        var counter = 1.0
        for _ in 0..<100 { counter *= factor }
        #expect(abs(counter - parameters.decayToZero) < 1e-9)
    }
}
