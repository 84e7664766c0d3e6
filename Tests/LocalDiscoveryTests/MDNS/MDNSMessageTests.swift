import Identity
import Multiformats
import TestSupport
import Testing
import Wire

@testable import LocalDiscovery

@Suite("mDNS messages") struct MDNSMessageTests {
    private static let question = hex(
        "0000 0000 0001 0000 0000 0000 04 5f703270 04 5f756470 05 6c6f63616c 00 000c 0001")
    private static let peer = "12D3KooWPzjifM5tHHWrhyYZsGfKaAtPUxoAsdnmUnSdZ69xSoBQ"

    /// As python-zeroconf 0.1xx writes it for py-libp2p: names compressed, a second address under a numbered key.
    private static let zeroconf = hex(
        """
        000084000000000100000003045f703270045f756470056c6f63616c00000c0001000011940023206162636465666768696a6b6c6d6e\
        6f707172737475767778797a303132333435c00cc02700218001000000780029000000000fa1206162636465666768696a6b6c6d6e6f\
        707172737475767778797a303132333435c016c027001080010000119400b157646e73616464723d2f6970342f31302e302e302e372f\
        7463702f343030312f7032702f313244334b6f6f57507a6a69664d3574484857726879595a7347664b6141745055786f4173646e6d55\
        6e53645a363978536f425158646e7361646472323d2f6970342f31302e302e302e382f7463702f343030312f7032702f313244334b6f\
        6f57507a6a69664d3574484857726879595a7347664b6141745055786f4173646e6d556e53645a363978536f4251c05c000180010000\
        007800040a000007
        """)
    /// Its question with a known answer; it wants a unicast answer.
    private static let zeroconfQuestion = hex(
        """
        000000000001000100000000045f703270045f756470056c6f63616c00000c8001c00c000c0001000011940023206162636465666768\
        696a6b6c6d6e6f707172737475767778797a303132333435c00c
        """)
    private static let instance = "abcdefghijklmnopqrstuvwxyz012345._p2p._udp.local"

    @Test("the question is that of the specification")
    func pinnedQuestion() throws {
        #expect(MDNSAdvertisement.question(known: [], unresolved: []) == Self.question)
        let read = try MDNSMessage(decoding: Self.question)
        #expect(!read.isResponse && read.asksForService && !read.asksForServices && read.asksAbout.isEmpty)
    }

    @Test("the answer: a pointer; beside it the addresses, a port and a host")
    func pinnedAnswer() throws {
        let own = try #require(MDNSAdvertisement(peer: try PeerID(Self.peer), peerName: "abc"))
        let bytes = own.answer([.test("/ip4/10.0.0.7/tcp/4001"), .test("/ip6/fd00::7/tcp/4001")], timeToLive: 360)
        let text4 = Array("dnsaddr=/ip4/10.0.0.7/tcp/4001/p2p/\(Self.peer)".utf8)
        let text6 = Array("dnsaddr=/ip6/fd00::7/tcp/4001/p2p/\(Self.peer)".utf8)
        let service = hex("04 5f703270 04 5f756470 05 6c6f63616c 00")
        let name = hex("03 616263") + service
        let host = hex("03 616263 03 703270 05 6c6f63616c 00")
        let expected =
            hex("0000 8400 0000 0001 0000 0004") + service + hex("000c 0001 00000168 0015") + name
            + name + hex("0010 8001 00000168 00") + [UInt8(text4.count + text6.count + 2)]
            + [UInt8(text4.count)] + text4 + [UInt8(text6.count)] + text6
            + name + hex("0021 8001 00000168 0015 0000 0000 0fa1") + host
            + host + hex("0001 8001 00000168 0004 0a000007")
            + host + hex("001c 8001 00000168 0010 fd000000000000000000000000000007")
        #expect(bytes.hex == expected.hex)
        let read = try MDNSMessage(decoding: bytes)
        #expect(read.isResponse)
        #expect(read.instances.map(\.name.description) == ["abc._p2p._udp.local"])
        #expect(read.instances.first?.timeToLive == 360)
        #expect(read.instances.first?.record?.peer.description == Self.peer)
        #expect(
            read.instances.first?.record?.addresses
                == [.test("/ip4/10.0.0.7/tcp/4001"), .test("/ip6/fd00::7/tcp/4001")])
    }

    @Test("what python-zeroconf writes")
    func foreignAnswer() throws {
        let read = try MDNSMessage(decoding: Self.zeroconf)
        let found = try #require(read.instances.first)
        #expect(read.instances.count == 1)
        #expect(found.name.description == Self.instance)
        #expect(found.timeToLive == 4500)
        #expect(found.record?.peer.description == Self.peer)
        #expect(
            found.record?.addresses == [.test("/ip4/10.0.0.7/tcp/4001"), .test("/ip4/10.0.0.8/tcp/4001")],
            "py-libp2p numbers its keys")
        let question = try MDNSMessage(decoding: Self.zeroconfQuestion)
        #expect(!question.isResponse && question.asksForService)
        #expect(question.instances.map(\.name.description) == [Self.instance])
        #expect(question.instances.first?.timeToLive == 4500)
    }

    @Test("the question which services there are")
    func metaQuestion() throws {
        var message = DNSMessage()
        message.questions.append(.init(name: MDNSService.meta, type: 12, recordClass: 1))
        #expect(try MDNSMessage(decoding: message.encoded).asksForServices)
        let own = try #require(MDNSAdvertisement(peer: try PeerID(Self.peer), peerName: "abc"))
        let answer = try DNSMessage(decoding: own.answer([Samples.address], timeToLive: 1, listsService: true))
        #expect(answer.answers.map(\.name.description) == ["_p2p._udp.local", "_services._dns-sd._udp.local"])
    }

    @Test("other services, other classes and nonsense are passed over")
    func passedOver() throws {
        func answer(
            _ text: String, service: [String] = ["_p2p", "_udp", "local"], recordClass: UInt16 = 1
        ) throws
            -> MDNSMessage
        {
            let service = try DNSName(labels: service.map { Array($0.utf8) })
            let name = try DNSName(labels: [Array("x".utf8)] + service.labels)
            var message = DNSMessage(flags: 0x8400)
            message.answers = [
                .init(name: service, type: 12, recordClass: recordClass, timeToLive: 9, data: name.encoded),
                .init(
                    name: name, type: 16, recordClass: recordClass, timeToLive: 9,
                    data: [UInt8(text.utf8.count)] + text.utf8),
            ]
            return try MDNSMessage(decoding: message.encoded)
        }
        let text = "dnsaddr=/ip4/10.0.0.7/tcp/4001/p2p/\(Self.peer)"
        #expect(try answer(text).instances.first?.record != nil)
        #expect(try answer(text.replacing("dnsaddr", with: "DNSAddr")).instances.first?.record != nil)
        #expect(try answer(text, service: ["_ipp", "_tcp", "local"]).instances.isEmpty)
        #expect(try answer(text, recordClass: 3).instances.isEmpty)
        for nonsense in [
            "", "dnsaddr", "dnsaddr=", "dnsaddr=/ip4/10.0.0.7/tcp/4001", "dnsaddr=/p2p/\(Self.peer)",
            "dnsaddrx=\(text)",
            "id=\(Self.peer)", "dnsaddr=/ip4/300.0.0.7/tcp/4001/p2p/\(Self.peer)",
        ] {
            let found = try answer(nonsense).instances
            #expect(found.count == 1 && found.first?.record == nil, "\(nonsense)")
        }
    }

    @Test("an answer of errors, and of another kind, says nothing")
    func otherFlags() throws {
        for flags: UInt16 in [0x8401, 0x8403, 0xa400] {
            var bytes = Self.zeroconf
            (bytes[2], bytes[3]) = (UInt8(flags >> 8), UInt8(flags & 0xff))
            #expect(try MDNSMessage(decoding: bytes).instances.isEmpty)
        }
    }

    @Test("instances and addresses are bounded")
    func bounds() throws {
        var message = DNSMessage(flags: 0x8400)
        for number in 0..<120 {
            let name = try DNSName(labels: [Array("i\(number)".utf8)] + MDNSService.name.labels)
            message.answers.append(
                .init(name: MDNSService.name, type: 12, recordClass: 1, timeToLive: 9, data: name.encoded))
        }
        #expect(try MDNSMessage(decoding: message.encoded).instances.count == MDNSMessage.maximumInstances)
        let own = try #require(MDNSAdvertisement(peer: try PeerID(Self.peer), peerName: "abc"))
        let addresses = (1...60).map { Multiaddr.test("/ip4/10.0.0.\($0)/tcp/4001") }
        let read = try MDNSMessage(decoding: own.answer(addresses, timeToLive: 9))
        #expect(read.instances.first?.record?.addresses.count == MDNSMessage.maximumAddresses)
    }

    @Test("known answers fill one datagram of usual size and no more")
    func knownAnswers() throws {
        let known = try (0..<100).map { number in
            (
                try DNSName(labels: [Array("instance-of-usual-length-\(number)".utf8)] + MDNSService.name.labels),
                UInt32(9)
            )
        }
        let bytes = MDNSAdvertisement.question(known: known, unresolved: [])
        #expect(bytes.count <= MDNSAdvertisement.usualSize)
        #expect(try MDNSMessage(decoding: bytes).instances.count > 10)
    }

    @Test("injured messages never crash, and are read in no time", arguments: 0..<8)
    func fuzz(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let start = ContinuousClock.now
        for _ in 0..<4000 {
            let bytes = random.mutated(
                [Self.zeroconf, Self.zeroconfQuestion, Self.question].randomElement(using: &random) ?? [])
            guard let read = try? MDNSMessage(decoding: bytes) else { continue }
            #expect(read.instances.count <= MDNSMessage.maximumInstances)
            for instance in read.instances { #expect(MDNSService.isInstance(instance.name)) }
        }
        #expect(ContinuousClock.now - start < .seconds(30))
    }
}
