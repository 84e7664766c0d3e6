import CPlatform

/// What a process takes of its machine.
public struct ProcessUsage: Sendable, Equatable {
    /// Memory that is resident now. Bytes.
    public var residentMemory: UInt64
    /// The most that ever was. Bytes.
    public var peakResidentMemory: UInt64
    /// Processor time of all threads.
    public var processorTime: Duration
    /// Open descriptors.
    public var descriptors: Int

    /// This process.
    static func measured() -> ProcessUsage {
        var usage = platform_usage()
        platform_usage(&usage)
        return ProcessUsage(
            // The kernel brings the two up to date at different times.
            residentMemory: usage.resident, peakResidentMemory: max(usage.peak_resident, usage.resident),
            processorTime: .nanoseconds(Int64(clamping: usage.cpu_nanoseconds)),
            descriptors: Int(usage.descriptors))
    }
}
