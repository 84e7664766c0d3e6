import Time

// What time brings.
extension YamuxSession {
    /// When `handleTimeout` is to be called; `nil` when nothing waits. Changes with every call that takes `now`.
    public var nextTimeout: Instant? {
        guard failure == nil else { return nil }
        let linger = lingerQueue.first.map { table.streams[$0].lingerDeadline }
        guard let alive = keepAlive.deadline, let linger else { return keepAlive.deadline ?? linger }
        return min(alive, linger)
    }

    /// Queues the ping that is due and resets forgotten streams whose time is up.
    ///
    /// - Throws: `timedOut` when the peer gives no sign of life, or what ended the session before.
    public mutating func handleTimeout(now: Instant) throws(YamuxError) {
        if let failure { throw failure }
        advance(to: now)
        do { try keepAlive.expire(now: self.now) } catch { throw fail(error) }
        while let slot = lingerQueue.first, table.streams[slot].lingerDeadline <= self.now {
            if table.streams[slot].hasProgressed {
                beginLinger(slot)
            } else {
                lingerQueue.remove(slot)
                beginReset(slot, code: YamuxResetCode.garbageCollected)
            }
        }
    }
}
