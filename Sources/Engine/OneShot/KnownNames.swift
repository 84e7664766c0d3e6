import Reactor
import Wire

/// The names that a profile knows, for the completion of command lines: contacts' aliases and groups.
///
/// An engine that runs is asked for them; else one is started that has no network, if there is an account that needs no
/// passphrase. It never makes a profile, and tells nobody that it was there.
@NetworkActor public final class KnownNames: LineSink {
    /// Contacts' aliases.
    public private(set) var aliases: [String] = []
    /// Groups that were not left, as `#name`.
    public private(set) var groups: [String] = []
    private var unanswered = 2
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Knows nothing yet.
    public init() {}

    /// What to ask an engine.
    public static let question = Array(
        "{\"cmd\":\"contact.list\",\"limit\":500}\n{\"cmd\":\"group.list\"}\n".utf8)

    /// Whether both questions are answered.
    public var isComplete: Bool { unanswered <= 0 }

    /// The profiles in the home of these options; none if it cannot be read, as completion has nobody to tell.
    public static func profiles(_ options: EngineOptions) -> [String] {
        guard let home = options.configuration.settings.home else { return [] }
        return (try? Profile.names(in: home)) ?? []
    }

    /// Takes an engine's lines.
    public func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        for line in EngineLine.all(in: lines) {
            guard let json = line.json else {
                unanswered = 0
                continue
            }
            switch json["type"]?.stringValue {
            case "item":
                if let alias = json[Fields.alias.name]?.stringValue { aliases.append(alias) }
                if let chat = json[GroupFields.chat.name]?.stringValue, chat.hasPrefix("#"),
                    json[GroupFields.state.name]?.stringValue != "left"
                {
                    groups.append(chat)
                }
            case "ok", "error": unanswered -= 1
            case Events.locked.name: unanswered = 0
            default: break
            }
        }
        if isComplete {
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        done(true)
    }

    /// Asks an engine of its own.
    public func ask(_ options: EngineOptions, world: World) async {
        guard let directory = options.directory, Files.exists(directory + "/" + VaultFile.name) else { return }
        var options = options.withoutNetwork
        options.makesAccount = false
        options.tellsEvents = false
        do throws(CommandFailure) {
            let engine = try await Engine.start(world: world, options: options, output: self, tellsFailure: false)
            await engine.receive(Self.question)
            if !isComplete { await withCheckedContinuation { waiting.append($0) } }
            engine.stop(.command, drain: .zero)
            _ = await engine.exitCode
        } catch {
            // Completion is a convenience: without names there are none to offer.
        }
    }
}

extension EngineOptions {
    /// The same, with nothing that is heard on a network.
    fileprivate var withoutNetwork: EngineOptions {
        var copy = self
        var quiet = Configuration.Layer(.flag)
        for (name, value) in [
            ("listen", JSON.array([])), ("lan", .bool(false)), ("discover", .string("off")),
            ("presence", .string("off")),
        ] {
            if let setting = Setting.named(name) { _ = quiet.put(setting, value) }
        }
        copy.configuration.add(quiet)
        return copy
    }
}
