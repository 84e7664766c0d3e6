/// How far a long command is.
struct Progress: Equatable {
    /// How much is done, in the command's own unit.
    let done: Int64
    /// How much there is to do; nil where nobody knows.
    let total: Int64?
    /// Units a second, of late; nil before that is known.
    let rate: Double?
    /// How long the rest takes at this rate; nil where that is not known.
    let remaining: Duration?
    /// The part of the command that is under way, for commands that have several.
    let phase: String?
}
