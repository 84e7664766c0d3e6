/// Which side began a connection or a stream.
public enum Direction: String, Sendable {
    /// The other side.
    case inbound
    /// This side.
    case outbound
}
