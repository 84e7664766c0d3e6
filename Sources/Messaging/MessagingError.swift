import Store

/// Why a message was not taken, or not waited for. Two errors are equal when their codes are.
public struct MessagingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The body has no bytes.
        case empty
        /// The body is larger than a message may be.
        case tooLarge
        /// The text is no UTF-8, or holds U+0000.
        case invalidText
        /// The content type is no media type.
        case invalidContentType
        /// The time to expiry is not within 1 ms...30 days.
        case invalidExpiry
        /// The message is for this very peer.
        case ownPeer
        /// No message of ours has this id.
        case unknownMessage
        /// The store refused; `storeError` says why.
        case store
        /// The waiting task was cancelled.
        case cancelled
        /// Messaging has been stopped.
        case stopped
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do, for a person.
    public let message: String
    /// What the store said, when `code` is `store`.
    public let storeError: StoreError?

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        storeError = nil
    }

    init(_ error: StoreError) {
        code = .store
        message = error.message
        storeError = error
    }

    /// The code and the text.
    public var description: String { "message.\(code.rawValue): \(message)" }

    /// By code alone.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
