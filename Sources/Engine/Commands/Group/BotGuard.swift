import Groups
import Identity
import Messaging
import Reactor
import Time
import Wire

/// Keeps a bot from talking without end: it says no more in a conversation than people can read, and takes few turns
/// with other bots while nobody else speaks.
///
/// That it answers no bot's message is seen from `reply_to`. Who answers without saying what is told by the turns: to
/// speak soon after a bot has, with nobody between, is one.
struct BotGuard {
    /// What a bot may say in one conversation at once.
    static let burst = 20.0
    /// And then, each second.
    static let perSecond = 1.0
    /// The turns that it may take with bots until a person speaks.
    static let turns = 3.0
    /// How soon after a bot it speaks for that to be a turn.
    static let soon = Duration.seconds(60)
    /// How long it takes to have one turn more, without a person: for those who meet by chance.
    static let turnInterval = Duration.seconds(600)
    /// Conversations that are known; those that were quiet the longest are forgotten.
    static let maximumChats = 1024

    /// Why it may not speak.
    enum Refusal: Equatable {
        /// It may, after so long.
        case tooFast(Duration)
        /// Bots have taken turns.
        case loop
    }

    private struct Chat {
        var tokens = BotGuard.burst
        var turns = BotGuard.turns
        /// When both were reckoned.
        var at: Instant
        /// When a bot spoke, if it was the last to speak.
        var heardBot: Instant?
    }

    private var chats: [ByteText: Chat] = [:]

    /// Takes the right to say one thing.
    ///
    /// - Returns: why it may not be said; nil if it may.
    mutating func admit(_ name: ByteText, now: Instant) -> Refusal? {
        var chat = chat(name, now)
        let isTurn = chat.heardBot.map { now - $0 < Self.soon } ?? false
        if isTurn, chat.turns < 1 { return .loop }
        guard chat.tokens >= 1 else {
            return .tooFast(.milliseconds(Int64(((1 - chat.tokens) / Self.perSecond * 1000).rounded(.up))))
        }
        chat.tokens -= 1
        if isTurn { chat.turns -= 1 }
        chat.heardBot = nil
        keep(chat, name)
        return nil
    }

    /// Somebody else has spoken.
    mutating func heard(_ name: ByteText, isBot: Bool, now: Instant) {
        // What was never spoken in has nothing to be refused.
        guard isBot || chats[name] != nil else { return }
        var chat = chat(name, now)
        chat.heardBot = isBot ? now : nil
        if !isBot { chat.turns = Self.turns }
        keep(chat, name)
    }

    private func chat(_ name: ByteText, _ now: Instant) -> Chat {
        guard var chat = chats[name] else { return Chat(at: now) }
        let elapsed = Double((now - chat.at).millisecondsClamped) / 1000
        chat.tokens = min(Self.burst, chat.tokens + elapsed * Self.perSecond)
        chat.turns = min(Self.turns, chat.turns + elapsed * 1000 / Double(Self.turnInterval.millisecondsClamped))
        chat.at = now
        return chat
    }

    private mutating func keep(_ chat: Chat, _ name: ByteText) {
        if chats[name] == nil, chats.count >= Self.maximumChats,
            let quiet = chats.min(by: { ($0.value.at, $0.key) < ($1.value.at, $1.key) })
        {
            chats[quiet.key] = nil
        }
        chats[name] = chat
    }
}

extension Engine {
    /// Tells groups who is called what, and listens to who speaks there and elsewhere.
    func tune(_ groups: GroupMessaging, _ messaging: DirectMessaging) {
        let nickname: @NetworkActor (PeerID) -> String? = { [weak self] peer in
            guard let self else { return nil }
            return peer == localPeer ? settings.nickname : presence[peer]?.nick
        }
        groups.nickname = nickname
        messaging.nickname = nickname
        let listen: @NetworkActor (String, Bool) -> Void = { [weak self] chat, isBot in
            guard let self, settings.isBot else { return }
            botGuard.heard(ByteText(chat), isBot: isBot, now: world.clock.now)
        }
        groups.onHearing = listen
        messaging.onHearing = listen
    }

    /// Whether a program says this: the command tells, or else the setting.
    func isBot(_ call: Invocation) -> Bool { call.optional(Arguments.isBot) ?? settings.isBot }

    /// Lets a bot speak, if it does not answer a bot and does not speak too often.
    ///
    /// - Throws: `bot.loop`, `rate.limited`.
    func guardBot(_ call: Invocation, _ chat: ChatTarget) async throws(CommandFailure) {
        guard isBot(call) else { return }
        if let answered = call.optional(Arguments.replyTo)?.description {
            let isBots = try await inGroup { try await store.read { try $0.isBotMessage(answered, in: chat.chat) } }
            if isBots {
                throw CommandFailure(.botLoop, "message \(answered) is a bot's", field: Arguments.replyTo.spec.name)
            }
        }
        switch botGuard.admit(ByteText(chat.chat), now: world.clock.now) {
        case nil: return
        case .loop:
            throw CommandFailure(
                .botLoop, "bots have taken \(Int(BotGuard.turns)) turns here, and no person has spoken since")
        case .tooFast(let delay):
            throw CommandFailure(
                .rateLimited,
                "a bot may send \(Int(BotGuard.burst)) messages at once to a conversation, and then one a second",
                details: [Fields.retryAfter.detail(.integer(delay.millisecondsClamped))])
        }
    }
}
