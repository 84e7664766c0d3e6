/// Bitcoin's base58, the text of peer ids and of version 0 CIDs.
///
/// The work grows with the square of the length: text beyond the limit is refused unread. Do not encode while
/// decoding messages; keep the bytes, and make text when it is shown.
public enum Base58 {
    /// The longest text that `decode` takes unless told otherwise: ample for any peer id.
    public static let defaultLimit = 128

    /// The text of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        Multibase.base58BTC.encodeWithoutPrefix(bytes)
    }

    /// The bytes of `text`, which has at most `limit` characters.
    public static func decode(
        _ text: some StringProtocol, limit: Int = defaultLimit
    ) throws(MultibaseError) -> [UInt8] {
        try Multibase.base58BTC.decodeWithoutPrefix(text, limit: limit)
    }
}
