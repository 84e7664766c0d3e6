/// What ended an exchange. Two errors are equal when their codes are.
public struct SyncError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The other sent what is no message of the protocol, or not one that may come now.
        case malformed
        /// The other sent more than ``Sync`` takes in one exchange, or did not come to an end.
        case tooMany = "too_many"
        /// The other has no such set, or does not give it to us; it does not say which.
        case denied
        /// The other has too much to do. Later.
        case busy
        /// The stream ended before the exchange did.
        case cut
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
    public static func == (left: SyncError, right: SyncError) -> Bool { left.code == right.code }
}
