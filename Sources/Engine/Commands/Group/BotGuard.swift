import Messaging
import Reactor
import Time

/// Keeps a bot from talking without end: it answers no bot, and says no more in a conversation than people can read.
struct BotGuard {
    /// What a bot may say in one conversation at once.
    static let burst = 20.0
    /// And then, each second.
    static let perSecond = 1.0
    /// Conversations whose rates are known; those that were quiet the longest are forgotten.
    static let maximumChats = 1024

    private var rates: [String: (tokens: Double, at: Instant)] = [:]

    /// Takes the right to say one thing.
    ///
    /// - Returns: how long to wait; nil if it may be said now.
    mutating func admit(_ chat: String, now: Instant) -> Duration? {
        let known = rates[chat] ?? (Self.burst, now)
        let elapsed = Double((now - known.at).millisecondsClamped) / 1000
        let tokens = min(Self.burst, known.tokens + elapsed * Self.perSecond)
        guard tokens >= 1 else {
            return .milliseconds(Int64(((1 - tokens) / Self.perSecond * 1000).rounded(.up)))
        }
        if rates[chat] == nil, rates.count >= Self.maximumChats,
            let quiet = rates.min(by: { ($0.value.at, $0.key) < ($1.value.at, $1.key) })
        {
            rates[quiet.key] = nil
        }
        rates[chat] = (tokens - 1, now)
        return nil
    }
}

extension Engine {
    /// Lets a bot speak, if it does not answer a bot and does not speak too often.
    ///
    /// - Throws: `bot.loop`, `rate.limited`.
    func guardBot(_ call: Invocation, _ chat: String) throws(CommandFailure) {
        guard settings.isBot else { return }
        if let answered = call.optional(Arguments.replyTo), groups.isBotMessage(answered) {
            throw CommandFailure(.botLoop, "message \(answered) is a bot's", field: Arguments.replyTo.spec.name)
        }
        guard let delay = botGuard.admit(chat, now: world.clock.now) else { return }
        throw CommandFailure(
            .rateLimited,
            "a bot says \(Int(BotGuard.burst)) things at once in a conversation, and then one a second",
            details: [Fields.retryAfter.detail(.integer(delay.millisecondsClamped))])
    }
}
