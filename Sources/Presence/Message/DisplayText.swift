import Wire

/// The texts that peers choose for themselves.
public enum DisplayText {
    /// The longest nickname, in bytes of UTF-8.
    public static let maximumNick = 64
    /// The longest text beside a status, in bytes of UTF-8.
    public static let maximumText = 128

    /// Whether a text is one line, without anything that steers a terminal, and not longer than `limit`.
    public static func isLine(_ text: String, limit: Int) -> Bool {
        text.utf8.count <= limit
            && text.unicodeScalars.allSatisfy { !$0.actsOnTerminal }
    }
}
