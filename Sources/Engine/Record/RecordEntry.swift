import Reactor
import Time
import Wire

/// One thing that an engine heard or said.
public struct RecordEntry: Sendable {
    /// What it was.
    enum Content: Sendable {
        /// The engine begins; what it was told to be.
        case begin(RecordHeader)
        /// A client has connected; whether in the place of the reader of the pipes.
        case connected(isReader: Bool)
        /// A line that came in, as it was, with its number.
        case input([UInt8], line: Int)
        /// A line that was longer than lines may be; nobody has kept it.
        case tooLong(line: Int)
        /// A line that went out, without its newline.
        case output([UInt8])
        /// There is no more input.
        case endOfInput
        /// The input cannot be read; this is why.
        case inputFailed(String)
        /// Nobody reads any more.
        case readerGone
        /// The engine begins to stop, for a reason of those that `stopped` tells.
        case stopping(String)
        /// A signal asked the engine to stop.
        case signal(Int32)
    }

    /// When, by the monotonic clock.
    let time: Instant
    /// With whom: 0 is the pipes, others are clients by their number.
    let client: Int
    let content: Content

    init(_ content: Content, at time: Instant, client: Int = 0) {
        self.content = content
        self.time = time
        self.client = client
    }

    /// Overwrites a line, once what may be kept of it is kept.
    func erase() {
        switch content {
        case .input(let bytes, _), .output(let bytes): bytes.erase()
        default: break
        }
    }

    /// Roughly the memory it takes.
    var size: Int {
        switch content {
        case .input(let bytes, _), .output(let bytes): bytes.count + 64
        default: 256
        }
    }
}

/// Where what an engine hears and says is kept.
@NetworkActor public protocol RecordSink: AnyObject {
    /// Takes an entry, at once; never blocks, and never fails for the one who gives it.
    func write(_ entry: RecordEntry)
}
