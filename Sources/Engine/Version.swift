import Time

/// What this linnet is.
public enum LinnetVersion {
    /// The release, as semantic versioning counts.
    public static let current = "0.1.0"
    /// When it was made, as manual pages write it.
    public static let date = "November 21, 2026"
    /// The same for computers. A clock that says less is wrong.
    public static let released = Timestamp(rfc3339: "2026-11-21T00:00:00Z") ?? Timestamp(milliseconds: 0)
    /// The version of the line language.
    public static let language = 1
    /// What peers are told by identify.
    public static let agent = "linnet/" + current
}
