import Groups

/// What we say in one group, as far as it is on its way to the disk: each message names the one before.
struct Speech {
    /// What decides the next message's number, time and predecessors.
    var clock: MessageClock
    let chain = SpeechChain()
    /// How many messages there were.
    var count = 0
    /// How many of them are not on the disk yet.
    var underway = 0

    init(clock: MessageClock) {
        self.clock = clock
    }
}

/// What was said before it was not kept.
struct SpeechInterrupted: Error {}

/// Where a speech was interrupted, if it was: what was sealed behind that place names what is not there, and must not be
/// kept.
///
/// Unchecked: the bodies of writes use it on the store's thread, and their completions on the loop, which the store runs
/// between one batch of bodies and the next.
final class SpeechChain: @unchecked Sendable {
    private var end = Int.max

    /// Something at this place was not kept.
    func breaks(at place: Int) { end = min(end, place) }

    /// - Throws: ``SpeechInterrupted`` if something before this place was not kept.
    func check(_ place: Int) throws(SpeechInterrupted) {
        if end < place { throw SpeechInterrupted() }
    }
}

extension GroupMessaging.Room {
    /// A message of ours is on the disk.
    mutating func said(_ message: GroupMessage, _ chain: SpeechChain) {
        group.note(message)
        guard speech?.chain === chain else { return }
        speech?.underway -= 1
        if speech?.underway == 0 { speech = nil }
    }

    /// A message of somebody else, or one of ours that came back, is on the disk: what we say now follows it.
    mutating func heard(_ message: GroupMessage) {
        group.note(message)
        speech?.clock.note(message, isOwn: message.author == group.local)
    }
}
