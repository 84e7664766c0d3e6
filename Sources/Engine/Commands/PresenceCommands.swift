import Identity
import Presence
import Reactor
import Time
import Wire

/// The commands about who is there.
extension Command {
    static let presenceSet = Command(
        spec: CommandSpec(
            "presence.set",
            "Set the status that other peers see. It lasts until it is changed or the engine stops.",
            arguments: [PresenceArguments.status.required, PresenceArguments.text.spec],
            answer: [
                PresenceFields.ownStatus.required, PresenceFields.ownText, PresenceFields.ownNick,
                PresenceFields.present.required,
            ], example: #"{"cmd":"presence.set","status":"busy","text":"in a meeting"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.presenceSet(call) })

    static let presenceList = Command(
        spec: CommandSpec(
            "presence.list", "List the peers that are online, as they describe themselves.",
            arguments: [
                PresenceArguments.onlyStatus.spec, Arguments.limit.or(.integer(100)), Arguments.after.spec,
            ],
            item: PresenceFields.profile + [Fields.connected.required, PresenceFields.seen.required],
            answer: [Fields.count.required, Fields.next], example: #"{"cmd":"presence.list"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.presenceList(call) })
}

extension Engine {
    func presenceSet(_ call: Invocation) throws(CommandFailure) {
        let status = try call.value(PresenceArguments.status)
        let text = call.optional(PresenceArguments.text)
        guard DisplayText.isLine(text ?? "", limit: DisplayText.maximumText) else {
            throw CommandFailure(
                .argumentInvalid, "'text' must be one line, without control characters",
                field: PresenceFields.text.name)
        }
        presence.set(status, text: text, nick: settings.nickname)
        call.ok { line in
            line.string(PresenceFields.ownStatus, status.rawValue)
            line.string(PresenceFields.ownText, text)
            line.string(PresenceFields.ownNick, settings.nickname)
            line.count(PresenceFields.present, presence.count)
        }
    }

    func presenceList(_ call: Invocation) async throws(CommandFailure) {
        let limit = try call.value(Arguments.limit)
        let wanted = call.optional(PresenceArguments.onlyStatus)
        let after = call.optional(Arguments.after).flatMap { try? PeerID($0) }
        let peers = presence.peers.filter { known in
            (wanted.map { $0 == known.status } ?? (known.status != .offline)) && after.map { $0 < known.peer } != false
        }
        let page = peers.prefix(Int(limit))
        for known in page {
            await call.room()
            let silence = world.clock.now - known.heard
            call.item { line in
                line.presence(known, alias: contacts[known.peer]?.alias)
                line.bool(Fields.connected, swarm.isConnected(known.peer))
                line.time(PresenceFields.seen, world.wallClock.now - silence)
            }
        }
        call.ok { line in
            line.count(Fields.count, page.count)
            if page.count < peers.count { line.peer(Fields.next, page.last?.peer) }
        }
    }
}
