import Reactor

extension Stream {
    /// Sends bytes, in order behind those written before. Returns when they are taken over, not when they have
    /// arrived; it waits only while more than ``SwarmConfiguration/streamSendBuffer`` bytes are waiting to be sent.
    ///
    /// - Throws: ``StreamError``: `closed` after ``closeWrite()``, `reset`, `connectionClosed`, `timedOut`,
    ///   `unsupportedProtocol`, `cancelled`, `busy`.
    public func write(_ bytes: [UInt8]) async throws(StreamError) {
        guard !isWriteBusy else { throw .busy }
        isWriteBusy = true
        defer { isWriteBusy = false }
        while true {
            if let failure = failure ?? writeFailure { throw failure }
            guard !isWriteClosed else { throw .closed }
            guard !hasEnded else { throw .connectionClosed }
            if bytes.isEmpty { return }
            if try connection.write(bytes, to: self) { return }
            guard !Task.isCancelled else { throw .cancelled }
            await writing.wait()
            guard !Task.isCancelled else { throw .cancelled }
        }
    }
}
