import Crypto
import Reactor

/// Looks at a set-up, and says of each part how it is and what to do about it. It changes nothing, and does not mind an
/// engine that runs.
///
/// ```swift
/// var doctor = Doctor(world: .real(), flags: flags, file: nil, environment: environment, variables: names)
/// await doctor.examine()
/// print(doctor.findings.text)
/// ```
@NetworkActor public struct Doctor {
    /// How its lines look, for programs.
    nonisolated static let spec = CommandSpec(
        "doctor", "Check a set-up, and give advice.",
        item: [
            FindingFields.check.required, FindingFields.state.required, FindingFields.text.required,
            FindingFields.advice,
        ],
        answer: [Fields.count.required, FindingFields.warnings.required, FindingFields.broken.required],
        example: "linnet doctor --json")

    let world: World
    let flags: Configuration.Layer
    let file: String?
    let environment: (String) -> String?
    let variables: [String]
    /// The account's passphrase, for a look into its store.
    public var passphrase: SecretBytes?
    /// The key of the store, if the vault gives it.
    var storeKey: SecretBytes?
    /// What was found so far.
    public internal(set) var findings: [Finding] = []
    /// The engine that has the profile open.
    var holder: ProfileLock.Holder?

    /// A doctor for the set-up that an engine would find.
    ///
    /// - Parameters:
    ///   - flags: What the command line says.
    ///   - file: The configuration file that it names.
    ///   - environment: The value of a variable.
    ///   - variables: The names of all variables.
    public init(
        world: World, flags: Configuration.Layer, file: String?, environment: @escaping (String) -> String?,
        variables: [String]
    ) {
        self.world = world
        self.flags = flags
        self.file = file
        self.environment = environment
        self.variables = variables
    }

    /// Looks at everything.
    public mutating func examine() async {
        let settings = examineSettings()
        if settings.isEphemeral {
            findings.append(.ok(.profile, "nothing is kept, and the identity is temporary"))
        } else if let home = settings.home, let directory = settings.directory {
            examineDirectories(home, directory)
            examineLock(directory)
            if CryptoLibrary.missing.isEmpty {
                examineKey(directory)
                examineStore(directory)
            }
            examineDisk(directory)
        } else {
            findings.append(
                .broken(
                    .home, "there is no place for a profile: no HOME, XDG_DATA_HOME or STATE_DIRECTORY",
                    "give --home DIR, or --ephemeral"))
        }
        examineSockets(settings.socket, inProfile: settings.directory)
        examineListening(settings)
        await examineDiscovery(settings)
        examineDescriptors()
        examineClock()
        examineLibraries()
        let order = Finding.Check.allCases
        findings = order.flatMap { check in findings.filter { $0.check == check } }
    }
}
