import Multiformats
import Wire

/// The message of identify and of its push. What a message does not say is nil or empty.
public struct IdentifyMessage: Equatable, Sendable {
    /// The most bytes of one part that are read (go-libp2p).
    public static let maximumPart = 8 * 1024
    /// The most parts of a message that are merged (go-libp2p).
    public static let maximumParts = 10
    /// The most bytes that are sent: rust-libp2p reads no more.
    public static let maximumSent = 4096
    /// The most protocols kept of a peer (go-libp2p).
    public static let maximumProtocols = 1024
    /// The most addresses kept of a connected peer (go-libp2p).
    public static let maximumAddresses = 500
    /// The most Unicode scalars kept of a version text, which people get to see.
    public static let maximumVersionLength = 256

    /// The sender's identity key as the protobuf message PublicKey.
    public var publicKey: [UInt8]?
    /// Where the sender listens.
    public var listenAddresses: [Multiaddr] = []
    /// The protocols that the sender answers.
    public var protocols: [String] = []
    /// The receiver's address as the sender sees it.
    public var observedAddress: Multiaddr?
    /// The family of protocols, such as `ipfs/0.1.0`.
    public var protocolVersion: String?
    /// The program, such as `name/1.2.3`.
    public var agentVersion: String?
    /// A signed peer record, in its envelope.
    public var signedPeerRecord: [UInt8]?

    /// A message that says nothing.
    public init() {}

    private enum Field {
        static let publicKey = 1
        static let listenAddress = 2
        static let `protocol` = 3
        static let observedAddress = 4
        static let protocolVersion = 5
        static let agentVersion = 6
        static let signedPeerRecord = 8
    }

    /// Merges a part into the message: the last value of a single field wins, lists are appended to.
    ///
    /// An address that cannot be read and a protocol that is no text are left out, each by itself; what is beyond a
    /// list's cap is left out as well, and so is what a list has already.
    ///
    /// - Throws: ``IdentifyError`` `malformed`, with the message as it was before.
    public mutating func merge(_ part: [UInt8]) throws(IdentifyError) {
        var merged = self
        do {
            try merged.read(part)
        } catch {
            throw IdentifyError(.malformed, "no identify message: \(error)")
        }
        self = merged
    }

    private mutating func read(_ part: [UInt8]) throws(ProtobufError) {
        var knownAddresses = Set(listenAddresses)
        var knownProtocols = Set(protocols.map { ByteText($0) })
        var reader = ProtobufReader(part)
        while let field = try reader.next() {
            switch field.number {
            case Field.publicKey:
                publicKey = try reader.bytes(of: field)
            case Field.listenAddress:
                let bytes = try reader.bytes(of: field)
                guard listenAddresses.count < Self.maximumAddresses, let address = try? Multiaddr(bytes: bytes),
                    knownAddresses.insert(address).inserted
                else { continue }
                listenAddresses.append(address)
            case Field.protocol:
                let bytes = try reader.bytes(of: field)
                guard protocols.count < Self.maximumProtocols, !bytes.isEmpty,
                    let name = String(validating: bytes, as: UTF8.self), knownProtocols.insert(ByteText(name)).inserted
                else { continue }
                protocols.append(name)
            case Field.observedAddress:
                observedAddress = try? Multiaddr(bytes: try reader.bytes(of: field))
            case Field.protocolVersion:
                protocolVersion = Self.version(try reader.bytes(of: field))
            case Field.agentVersion:
                agentVersion = Self.version(try reader.bytes(of: field))
            case Field.signedPeerRecord:
                signedPeerRecord = try reader.bytes(of: field)
            default:
                break
            }
        }
    }

    private static func version(_ bytes: [UInt8]) -> String {
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(maximumVersionLength)
        return String(String.UnicodeScalarView(scalars))
    }

    /// The message without its length.
    public var encoded: [UInt8] {
        var writer = ProtobufWriter()
        if let publicKey { writer.bytes(Field.publicKey, publicKey) }
        for address in listenAddresses { writer.bytes(Field.listenAddress, address.bytes) }
        for name in protocols { writer.string(Field.protocol, name) }
        if let observedAddress { writer.bytes(Field.observedAddress, observedAddress.bytes) }
        if let protocolVersion { writer.string(Field.protocolVersion, protocolVersion) }
        if let agentVersion { writer.string(Field.agentVersion, agentVersion) }
        if let signedPeerRecord { writer.bytes(Field.signedPeerRecord, signedPeerRecord) }
        return writer.bytes
    }
}
