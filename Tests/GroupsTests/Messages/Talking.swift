import Groups
import Time

/// Members that store nothing: what is said and heard is known at once.
extension Group {
    mutating func seal(
        _ draft: GroupMessage.Draft, now: Timestamp, random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> (message: GroupMessage, frame: [UInt8]) {
        var clock = messageClock
        let sealed = try seal(draft, after: &clock, now: now, random: random)
        note(sealed.message)
        return sealed
    }

    mutating func open(_ frame: [UInt8], now: Timestamp, via path: Path = .live) -> Opened {
        let opened = read(frame, now: now, via: path)
        if case .message(let message) = opened { note(message) }
        return opened
    }
}
