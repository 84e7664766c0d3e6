import Multiformats
import Wire

/// Where a peer listens, as the peer itself certifies it (libp2p RFC 0003).
public struct PeerRecord: Hashable, Sendable {
    /// The most addresses of one record that are kept or written: go-libp2p's bound for an unconnected peer.
    public static let maximumAddressCount = 64

    /// Whose addresses these are.
    public let peerID: PeerID
    /// Grows with each record of a peer; of two, the greater counts. It need not be a time.
    public let sequence: UInt64
    /// The addresses, without a final `/p2p`, none twice.
    public let addresses: [Multiaddr]

    /// A record to be sealed. Addresses beyond ``maximumAddressCount``, repeated ones and those that lead to another
    /// peer are left out.
    public init(peerID: PeerID, sequence: UInt64, addresses: [Multiaddr]) {
        self.peerID = peerID
        self.sequence = sequence
        var kept: [Multiaddr] = []
        for address in addresses where kept.count < Self.maximumAddressCount {
            Self.append(address, of: peerID, to: &kept)
        }
        self.addresses = kept
    }

    /// The record in an envelope signed by `key`, in the form that the live network speaks.
    ///
    /// - Precondition: `key` is the key of ``peerID``.
    public func seal(with key: KeyPair) -> SignedEnvelope {
        precondition(key.peerID == peerID, "a peer signs its own record only")
        return SignedEnvelope.seal(
            domain: Self.domain, payloadType: Self.payloadType, payload: encoded(), key: key)
    }

    /// Opens an envelope that a peer sent, and reads the record in it.
    ///
    /// Both forms in use are read, each under its own domain. The record must be the signer's own. Single addresses
    /// that cannot be read are dropped, so that one new protocol does not cost the others.
    /// Throws any ``IdentityError`` of envelopes and records.
    public static func open(_ bytes: [UInt8]) throws(IdentityError) -> (record: PeerRecord, envelope: SignedEnvelope) {
        let envelope = try SignedEnvelope(opening: bytes) { payloadType in
            switch payloadType {
            case Self.payloadType: domain
            case legacyPayloadType: legacyDomain
            default: nil
            }
        }
        return (try PeerRecord(payload: envelope.payload, signer: envelope.publicKey.peerID), envelope)
    }

    /// What go, js, nim and python write, and rust on request. The type is the multicodec 0x0301 as two plain bytes.
    private static let domain = "libp2p-peer-record"
    private static let payloadType: [UInt8] = [0x03, 0x01]

    /// The text of RFC 0003, which rust follows unless told otherwise.
    private static let legacyDomain = "libp2p-routing-state"
    private static let legacyPayloadType = Array("/libp2p/routing-state-record".utf8)

    /// The numbers of the PeerRecord message and of its AddressInfo.
    private enum Field {
        static let peerID = 1
        static let sequence = 2
        static let address = 3
        static let multiaddr = 1
    }

    private init(payload: [UInt8], signer: PeerID) throws(IdentityError) {
        var peerID: [UInt8] = []
        var sequence: UInt64 = 0
        var addresses: [Multiaddr] = []
        do throws(ProtobufError) {
            var reader = ProtobufReader(payload)
            while let field = try reader.next() {
                switch field.number {
                case Field.peerID: peerID = try reader.bytes(of: field)
                case Field.sequence: sequence = try field.uint64
                case Field.address:
                    // The record itself is sound whatever one address is.
                    guard addresses.count < Self.maximumAddressCount, let address = try? Self.address(field, in: reader)
                    else { continue }
                    Self.append(address, of: signer, to: &addresses)
                default: break
                }
            }
        } catch {
            throw .malformedRecord(error)
        }
        guard peerID == signer.bytes else { throw .recordOfAnotherPeer(record: peerID, signer: signer) }
        self.peerID = signer
        self.sequence = sequence
        self.addresses = addresses
    }

    private static func address(_ field: ProtobufField, in reader: ProtobufReader) throws -> Multiaddr? {
        var info = try reader.message(of: field)
        var address: Multiaddr?
        while let field = try info.next() {
            guard field.number == Field.multiaddr else { continue }
            address = try Multiaddr(bytes: info.bytes(of: field, limit: Multiaddr.maximumCount))
        }
        return address
    }

    private static func append(_ address: Multiaddr, of peer: PeerID, to addresses: inout [Multiaddr]) {
        guard address.peerIDBytes == nil || address.peerIDBytes == peer.bytes else { return }
        guard let address = address.withoutPeerID(), !addresses.contains(address) else { return }
        addresses.append(address)
    }

    private func encoded() -> [UInt8] {
        var writer = ProtobufWriter()
        writer.bytes(Field.peerID, peerID.bytes)
        writer.varint(Field.sequence, sequence)
        for address in addresses {
            writer.message(Field.address) { $0.bytes(Field.multiaddr, address.bytes) }
        }
        return writer.bytes
    }
}
