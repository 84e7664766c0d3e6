import Wire

/// A line that an engine has written, as its clients read it.
struct EngineLine {
    /// The line, without its newline.
    let bytes: ArraySlice<UInt8>
    /// What it says; nil if it is not JSON, which no engine writes.
    let json: JSON?

    /// The lines in `bytes`, each with a newline at its end.
    static func all(in bytes: [UInt8]) -> [EngineLine] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            let limits = JSONLimits(count: line.count, depth: 64)
            return EngineLine(bytes: line, json: try? JSON(parsing: Array(line), limits: limits))
        }
    }

    /// The line and its newline.
    var whole: [UInt8] { bytes + [UInt8(ascii: "\n")] }

    /// The failure of a client that meets a line which is not JSON: what it waits for may have stood there.
    static let unreadable = CommandFailure(.internalError, "the engine has written a line that cannot be read")
}
