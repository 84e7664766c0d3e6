/// The end of a text's last line, which editors and `echo` write and nobody means.
public enum EndOfLine {
    /// How many bytes there are without it: without one `\n` at the end, or one `\r\n`.
    public static func count(before bytes: some BidirectionalCollection<UInt8>) -> Int {
        guard bytes.last == UInt8(ascii: "\n") else { return bytes.count }
        let line = bytes.dropLast()
        return line.last == UInt8(ascii: "\r") ? line.count - 1 : line.count
    }
}
