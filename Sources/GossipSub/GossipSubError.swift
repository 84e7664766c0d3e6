/// What is wrong with what a peer sent, or with what was asked of pubsub. Two errors are equal when their codes are.
public struct GossipSubError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// No RPC.
        case malformed
        /// More or larger than the limits allow.
        case tooLarge = "too_large"
        /// Nobody to send to; nothing was kept for later.
        case noPeers = "no_peers"
        /// Published already.
        case duplicate
        /// More topics than ``GossipSubConfiguration/maximumTopics``.
        case tooManyTopics = "too_many_topics"
        /// A topic that is empty or longer than ``PubsubMessage/maximumTopic``.
        case invalidTopic = "invalid_topic"
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let detail: String

    /// An error of the given kind.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: GossipSubError, right: GossipSubError) -> Bool { left.code == right.code }
}
