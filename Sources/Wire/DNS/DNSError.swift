/// Why a DNS message is not taken.
public enum DNSError: Error, Equatable, Sendable {
    /// It ends within a field.
    case truncated
    /// It is longer than ``DNSMessage/maximumSize``.
    case tooLarge
    /// It declares more questions and records than ``DNSMessage/maximumEntries``.
    case tooManyEntries
    /// A name is longer than 255 bytes, or has a label of an unknown kind.
    case malformedName
    /// A compression pointer does not lead backwards, or there are too many in a name.
    case pointerLoop
}
