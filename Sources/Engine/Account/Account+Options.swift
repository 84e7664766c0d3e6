import Crypto
import Identity
import Reactor

extension Account {
    /// The account of an engine with these options.
    convenience init(_ options: EngineOptions, world: World) throws(CommandFailure) {
        switch options.location {
        case .ephemeral:
            let new = try Self.drawn(world)
            self.init(new.secrets, new.description, world: world)
        case .identity(let identity): self.init(identity: identity, world: world)
        case .directory(let directory):
            try self.init(directory: directory, isMade: options.makesAccount && options.secret == nil, world: world)
        }
    }
}
