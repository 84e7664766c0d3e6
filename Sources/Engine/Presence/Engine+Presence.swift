import GossipSub
import Presence
import Reactor

/// Who is there.
extension Engine {
    /// Begins to tell of peers that come and go, and them of us, if the settings want it.
    func startPresence() {
        presence.onChange = { [weak self] known in
            guard let self else { return }
            publish(Events.presence) { [self] line in line.presence(known, alias: contacts[known.peer]?.alias) }
        }
        adaptPresence()
    }

    /// Does what the settings want by now.
    func adaptPresence() {
        guard !isLocked else { return }
        presence.setNick(settings.nickname)
        presence.setInterval(settings.presenceInterval)
        guard settings.presence == .on else {
            presence.stop()
            return
        }
        do throws(GossipSubError) {
            try presence.start()
        } catch {
            log(.warning, "presence", [("problem", error.detail)])
        }
    }
}

extension PresenceConfiguration {
    /// As the settings want it.
    init(_ settings: Settings) {
        self.init()
        interval = settings.presenceInterval
    }
}
