/// Measuring throughput: `/perf/1.0.0`.
///
/// The client says how many bytes it wants back (eight bytes, big endian), sends what it likes, and ends its side; the
/// server reads all of it first and then sends what was asked for. Never both at once. ``PerfService`` does both roles;
/// the server is off until it is asked for, since anyone could make it send for nothing.
///
/// Source: the perf specification of libp2p.
public enum Perf {
    /// The protocol id.
    public static let protocolID = "/perf/1.0.0"
}

/// How far a run is.
public struct PerfProgress: Equatable, Sendable {
    /// The halves of a run.
    public enum Phase: String, CaseIterable, Sendable {
        /// Bytes go to the peer.
        case upload
        /// Bytes come back.
        case download
    }

    /// The half that is under way.
    public let phase: Phase
    /// Bytes that have gone or come in this half. Those that went may still wait here for the peer to take them.
    public let done: UInt64
    /// Bytes of this half.
    public let total: UInt64
}

/// How fast it went.
public struct PerfResult: Equatable, Sendable {
    /// Bytes sent.
    public let uploaded: UInt64
    /// Bytes received.
    public let downloaded: UInt64
    /// From the start until the server had read everything: until its first byte or its end came.
    public let upload: Duration
    /// From then until the server's end.
    public let download: Duration

    /// Seconds of the upload.
    public var uploadSeconds: Double { upload.seconds }
    /// Seconds of the download.
    public var downloadSeconds: Double { download.seconds }
}

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
