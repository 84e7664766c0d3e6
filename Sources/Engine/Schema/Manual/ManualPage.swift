/// A page of section 5 of the manual that is made from the schema.
public enum ManualPage: String, CaseIterable, Sendable {
    /// `linnet-commands(5)`
    case commands
    /// `linnet-events(5)`
    case events
    /// `linnet-errors(5)`
    case errors
    /// `linnet-config(5)`
    case config

    /// The page's name, without the section.
    public var name: String { "linnet-\(rawValue)" }

    /// The page's source, in mdoc(7).
    public func source(of language: Language) -> String {
        var page = ManualWriter()
        switch self {
        case .commands: page.commands(of: language)
        case .events: page.events(of: language)
        case .errors: page.errors(of: language)
        case .config: page.config()
        }
        return page.text
    }
}
