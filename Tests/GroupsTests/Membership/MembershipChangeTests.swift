import Crypto
import Identity
import Ledger
import TestSupport
import Testing
import Time
import Wire

@testable import Groups

@Suite struct MembershipChangeTests {
    private let graph = EntryGraph(ledger: Digest([UInt8](repeating: 1, count: 32))!)

    private func read(_ kind: EntryKind, _ body: [UInt8]) throws -> MembershipChange? {
        MembershipChange(try graph.nextEntry(kind: kind, body: body, by: person(1), now: .midnight))
    }

    @Test func allComeBack() throws {
        var random = SeededRandom(seed: 1)
        var circle = try Circle(1)
        let keys = try EpochKeys(
            sealing: SecretBytes(copying: random.bytes(32)), to: [person(1).peerID], group: circle.groups[0].id,
            random: random.fill)
        let changes: [MembershipChange] = [
            .create(
                nonce: random.bytes(32), visibility: .private, profile: try #require(GroupProfile(name: "n")),
                check: random.bytes(32)),
            .create(
                nonce: random.bytes(32), visibility: .public,
                profile: try #require(GroupProfile(name: "ü", description: "d\n")), check: nil),
            .join(try circle.groups[0].invite(nil, now: .midnight, random: circle.random.fill)),
            .update(name: "x", description: nil), .update(name: nil, description: ""), .role(person(2).peerID, .admin),
            .role(person(2).peerID, .member), .kick(person(2).peerID, reason: nil, nil),
            .kick(person(2).peerID, reason: "why", keys), .leave, .rekey(keys),
        ]
        for change in changes { #expect(try read(change.kind, change.body) == change) }
        #expect(MembershipChange.role(person(2).peerID, .admin).body.hex == Self.roleHex)
        // Keys of later versions are passed over.
        let extended = CBOR.map(["later": .unsigned(1), "name": .text("x")]).encoded()
        #expect(try read("update", extended) == .update(name: "x", description: nil))
    }

    static let roleHex =
        "a2647065657258260024080112202dbfaeb13e0022277664cf0a6be757ffcc7131e21dea2aea15bd075cab2771176472"
        + "6f6c656561646d696e"

    @Test func whatIsMissingOrTooLong() throws {
        let peer = CBOR.bytes(person(1).peerID.bytes)
        let bodies: [(EntryKind, CBOR)] = [
            ("create", .map([])),
            ("create", .map(["nonce": .bytes([1]), "visibility": .text("private"), "name": .text("n")])),
            (
                "create",
                .map([
                    "nonce": .bytes([UInt8](repeating: 1, count: 32)), "visibility": .text("private"),
                    "name": .text("n"),
                ])
            ),
            (
                "create",
                .map([
                    "nonce": .bytes([UInt8](repeating: 1, count: 32)), "visibility": .text("secret"),
                    "name": .text("n"), "check": .bytes([UInt8](repeating: 1, count: 32)),
                ])
            ),
            ("update", .map([])), ("update", .map(["name": .text("")])),
            ("update", .map(["name": .text("a\u{1b}[2J")])),
            ("update", .map(["description": .text(String(repeating: "x", count: 1025))])),
            ("role", .map(["peer": peer])), ("role", .map(["peer": peer, "role": .text("owner")])),
            ("role", .map(["peer": .bytes([1, 2]), "role": .text("admin")])), ("kick", .map(["reason": .text("x")])),
            ("kick", .map(["peer": peer, "reason": .text(String(repeating: "x", count: 257))])),
            ("kick", .map(["peer": peer, "epoch": .unsigned(1)])), ("rekey", .map([])),
            ("join", .map(["invite": .bytes([])])),
            ("leave", .array([])), ("later", .map([])),
        ]
        for (kind, body) in bodies { #expect(try read(kind, body.encoded()) == nil, "\(kind) \(body)") }
        #expect(try read("leave", []) == nil)
    }

    @Test func fuzz() throws {
        var circle = try Circle(1)
        var random = SeededRandom(seed: 2)
        let keys = try EpochKeys(
            sealing: SecretBytes(copying: random.bytes(32)), to: [person(1).peerID], group: circle.groups[0].id,
            random: random.fill)
        let seeds: [MembershipChange] = [
            .join(try circle.groups[0].invite(nil, now: .midnight, random: circle.random.fill)),
            .update(name: "x", description: "y"), .role(person(2).peerID, .admin),
            .kick(person(2).peerID, reason: "w", keys),
            .rekey(keys),
        ]
        for round in 0..<5000 {
            let seed = seeds[round % seeds.count]
            if let change = try read(seed.kind, random.mutated(seed.body)) {
                #expect(try read(change.kind, change.body) == change)
            }
        }
    }
}
