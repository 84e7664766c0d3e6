import Identify
import Identity
import Multiformats
import TestSupport
import Testing
import Wire

@Suite("The identify message")
struct IdentifyMessageTests {
    private func published() -> IdentifyMessage {
        var message = IdentifyMessage()
        message.publicKey = Vectors.bytes("A.pubkey_pb")
        message.listenAddresses = [.test("/ip4/127.0.0.1/tcp/4001")]
        message.protocols = ["/ipfs/ping/1.0.0"]
        message.observedAddress = .test("/ip4/192.0.2.7/tcp/50000")
        message.protocolVersion = "ipfs/0.1.0"
        message.agentVersion = "test/0.1.0"
        return message
    }

    @Test("the published message, byte for byte")
    func vector() throws {
        #expect(published().encoded == Vectors.bytes("identify msg"))
        #expect(LengthPrefix.frame(published().encoded) == Vectors.bytes("identify framed"))
        var reader = IdentifyReader()
        try reader.receive(Vectors.bytes("identify framed"))
        #expect(try reader.finish() == published())
    }

    @Test("parts are merged: lists grow, the last value of a single field wins")
    func merge() throws {
        var second = IdentifyMessage()
        second.listenAddresses = [.test("/ip4/127.0.0.1/tcp/4001"), .test("/ip4/10.0.0.1/tcp/1")]
        second.protocols = ["/a"]
        second.agentVersion = "later"
        second.signedPeerRecord = [1]
        var reader = IdentifyReader()
        try reader.receive(LengthPrefix.frame(published().encoded) + LengthPrefix.frame(second.encoded))
        let merged = try reader.finish()
        #expect(merged.listenAddresses == second.listenAddresses)
        #expect(merged.protocols == ["/ipfs/ping/1.0.0", "/a"])
        #expect(merged.agentVersion == "later")
        #expect(merged.protocolVersion == "ipfs/0.1.0")
        #expect(merged.publicKey == published().publicKey)
        #expect(merged.signedPeerRecord == [1])
    }

    @Test("however the stream is cut", arguments: 0..<20)
    func cuts(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let framed = Vectors.bytes("identify framed")
        var rest = (framed + framed + framed)[...]
        var reader = IdentifyReader()
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...40, using: &random))
            try reader.receive(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        #expect(try reader.finish() == published())
    }

    @Test("ten parts of 8 KiB, not eleven, and not a byte more")
    func parts() throws {
        let part = LengthPrefix.frame([])
        var reader = IdentifyReader()
        for _ in 0..<10 { try reader.receive(part) }
        #expect(try reader.finish() == IdentifyMessage())
        #expect(throws: IdentifyError(.tooLarge, "")) { try reader.receive(part) }

        var padded = ProtobufWriter()
        padded.bytes(99, [UInt8](repeating: 0, count: 8188))
        #expect(padded.bytes.count == 8192)
        var exact = IdentifyReader()
        try exact.receive(LengthPrefix.frame(padded.bytes))
        #expect(try exact.finish() == IdentifyMessage())
        var over = IdentifyReader()
        #expect(throws: IdentifyError(.tooLarge, "")) {
            try over.receive(LengthPrefix.frame(padded.bytes + [0]))
        }
        // Announced and never sent: refused by its length.
        for length in ["ffffffffffffffff7f", "ffffffff0f", "8140"] {
            var announced = IdentifyReader()
            #expect(throws: IdentifyError(.tooLarge, "")) { try announced.receive(hex(length)) }
        }
        for length in ["ffffffffffffffffff01", "8000"] {
            var malformed = IdentifyReader()
            #expect(throws: IdentifyError(.malformed, "")) { try malformed.receive(hex(length)) }
        }
    }

    @Test("a stream that ends early")
    func truncated() throws {
        let framed = Vectors.bytes("identify framed")
        for count in 0..<framed.count {
            var reader = IdentifyReader()
            try reader.receive(Array(framed.prefix(count)))
            #expect(throws: IdentifyError(.malformed, "")) { try reader.finish() }
        }
    }

    /// CVE-2026-57497 · GHSA-g35j-m5xg-vh3q: no bound on protocols and addresses.
    @Test("no more than 1024 protocols and 500 addresses are kept")
    func caps() throws {
        var message = IdentifyMessage()
        var number = 0
        for _ in 0..<10 {
            var part = ProtobufWriter()
            while part.bytes.count < 8000 {
                part.bytes(2, [4, 10, UInt8(number >> 16), UInt8(number >> 8 & 0xff), UInt8(number & 0xff), 6, 0, 1])
                part.string(3, "/p\(number)")
                number += 1
            }
            #expect(part.bytes.count <= IdentifyMessage.maximumPart)
            try message.merge(part.bytes)
        }
        #expect(number > 3600)
        #expect(message.protocols.count == 1024)
        #expect(message.protocols.prefix(2) == ["/p0", "/p1"])
        #expect(message.listenAddresses.count == 500)
    }

    @Test("repetitions are kept once")
    func repetitions() throws {
        var part = ProtobufWriter()
        for _ in 0..<200 {
            part.bytes(2, Multiaddr.test("/ip4/10.0.0.1/tcp/1").bytes)
            part.string(3, "/a")
        }
        var message = IdentifyMessage()
        try message.merge(part.bytes)
        #expect(message.protocols == ["/a"])
        #expect(message.listenAddresses.count == 1)
    }

    /// one bad address.
    @Test("one bad address of five costs one, and so does a protocol that is no text")
    func singleBadEntries() throws {
        var part = ProtobufWriter()
        for number in 1...5 {
            let good = Multiaddr.test("/ip4/10.0.0.\(number)/tcp/4001").bytes
            // 0x3fff is no protocol of multiaddr.
            part.bytes(2, number == 3 ? [0xff, 0x7f, 1] : good)
        }
        part.string(3, "/a")
        part.bytes(3, [0xff, 0xfe])
        part.bytes(3, [])
        part.string(3, "/b")
        part.bytes(4, [0xff, 0x7f, 1])
        part.bytes(6, [0x61, 0xff, 0x62])
        var message = IdentifyMessage()
        try message.merge(part.bytes)
        #expect(message.listenAddresses == [1, 2, 4, 5].map { .test("/ip4/10.0.0.\($0)/tcp/4001") })
        #expect(message.protocols == ["/a", "/b"])
        #expect(message.observedAddress == nil)
        #expect(message.agentVersion == "a\u{fffd}b")
    }

    @Test("version texts are cut")
    func versions() throws {
        var part = ProtobufWriter()
        part.string(5, String(repeating: "p", count: 3000))
        part.string(6, String(repeating: "\u{301}", count: 2000))
        var message = IdentifyMessage()
        try message.merge(part.bytes)
        #expect(message.protocolVersion?.unicodeScalars.count == 256)
        #expect(message.agentVersion?.unicodeScalars.count == 256)
    }

    @Test("a malformed part leaves the message as it was")
    func malformed() throws {
        var message = published()
        #expect(throws: IdentifyError(.malformed, "")) { try message.merge(hex("1a026162 0a0f")) }
        #expect(throws: IdentifyError(.malformed, "")) { try message.merge(hex("0801")) }
        #expect(throws: IdentifyError(.malformed, "")) { try message.merge(hex("0b")) }
        #expect(message == published())
    }

    @Test("mutations never trap, and what is read is within the caps")
    func mutations() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<20_000 {
            let bytes = random.mutate(Vectors.bytes("identify msg"))
            var message = IdentifyMessage()
            try? message.merge(bytes)
            var reader = IdentifyReader()
            try? reader.receive(random.mutate(LengthPrefix.frame(bytes)))
            _ = try? reader.finish()
            #expect(message.protocols.count <= 1024)
        }
    }
}
