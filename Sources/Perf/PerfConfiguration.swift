/// What can be set about perf.
public struct PerfConfiguration: Sendable {
    /// How long nothing may move before a run is given up.
    public var stallTimeout: Duration = .seconds(30)

    /// Bytes handed to a stream at a time. The same bytes every time: nothing is allocated while it runs.
    public var chunk = 256 * 1024

    /// Runs that are served at a time.
    public var servedRuns = 8

    /// Runs of one peer that are served at a time.
    public var servedRunsPerPeer = 2

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: all are positive.
    public func validate() {
        precondition(stallTimeout > .zero && chunk > 0, "time and chunk of perf are positive")
        precondition(servedRuns > 0 && servedRunsPerPeer > 0, "counts of perf are positive")
    }
}
