import Wire

/// The payload of messages 2 and 3: who speaks, proven, and what else it can do.
///
/// ```
/// identity_key 1 bytes, identity_sig 2 bytes, extensions 4 { stream_muxers 2 repeated string }
/// ```
///
/// Other fields and extensions are skipped.
struct NoisePayload: Equatable {
    /// The most muxers of a peer's list that are looked at; longer lists count as empty, as in go-libp2p.
    static let maximumMuxers = 100

    /// The peer's identity key as the protobuf message PublicKey.
    var identityKey: [UInt8] = []
    /// The identity's signature over the static key.
    var identitySignature: [UInt8] = []
    /// Stream multiplexers in the order of preference.
    var muxers: [String] = []
}

extension NoisePayload {
    private enum Field {
        static let identityKey = 1
        static let identitySignature = 2
        static let extensions = 4
        static let muxers = 2
    }

    /// Reads a payload. Missing fields are empty, which then proves no identity.
    init(decoding bytes: [UInt8]) throws(NoiseError) {
        do {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case Field.identityKey: identityKey = try reader.bytes(of: field)
                case Field.identitySignature: identitySignature = try reader.bytes(of: field)
                case Field.extensions: muxers = try Self.muxers(in: reader.message(of: field))
                default: break
                }
            }
        } catch {
            throw .malformedMessage("its payload is no protobuf")
        }
    }

    private static func muxers(in message: ProtobufReader) throws(ProtobufError) -> [String] {
        var reader = message
        var muxers: [String] = []
        while let field = try reader.next() {
            guard field.number == Field.muxers else { continue }
            guard muxers.count < maximumMuxers else { return [] }
            muxers.append(try reader.string(of: field))
        }
        return muxers
    }

    /// The payload as it is sent.
    var encoded: [UInt8] {
        var writer = ProtobufWriter()
        writer.bytes(Field.identityKey, identityKey)
        writer.bytes(Field.identitySignature, identitySignature)
        if !muxers.isEmpty {
            writer.message(Field.extensions) { extensions in
                for muxer in muxers { extensions.string(Field.muxers, muxer) }
            }
        }
        return writer.bytes
    }
}
