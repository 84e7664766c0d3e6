import Identity
import Multiformats
import Time
import Wire

/// What proves that an announcement is of the peer that it is about.
struct GigiSignature: Equatable {
    /// Keeps the signature from meaning anything elsewhere.
    static let domain = "linnet-gigi-dns:"

    /// When it was made, as the signer's clock had it, in milliseconds since 1970 UTC.
    let time: Int64
    /// The text up to ` sig=`.
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// The proof at the end of a text; nil if it is not at the end, or no signature.
    init?(text: String, signature: Substring, time: Int64) {
        let (text, mark) = (Array(text.utf8), Array(" sig=\(signature)".utf8))
        guard text.suffix(mark.count) == mark[...],
            let bytes = try? Multibase.base64URL.decodeWithoutPrefix(String(signature))
        else {
            return nil
        }
        self.time = time
        self.signature = bytes
        signed = text.dropLast(mark.count)
    }

    /// Whether it is of `peer`, for this time to live. Ids that do not hold a key prove nothing.
    func isValid(for peer: PeerID, timeToLive: UInt32) -> Bool {
        peer.publicKey?.isValid(signature: signature, for: Self.message(signed, timeToLive)) == true
    }

    /// A text with time and signature added.
    static func sign(_ text: String, timeToLive: UInt32, at time: Timestamp, by identity: KeyPair) -> String {
        let timed = text + " time=\(time.milliseconds)"
        let signature = identity.sign(message(Array(timed.utf8), timeToLive))
        return timed + " sig=" + Multibase.base64URL.encodeWithoutPrefix(signature)
    }

    private static func message(_ text: [UInt8], _ timeToLive: UInt32) -> [UInt8] {
        var bytes = Array(domain.utf8)
        bytes.appendBigEndian(timeToLive)
        return bytes + text
    }
}
