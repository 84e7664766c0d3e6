import Crypto
import Groups
import Messaging
import Perf
import Ping
import RequestResponse
import Store
import Swarm
import Wire

/// What the modules below say, in the language's own codes.
extension CommandFailure {
    /// What the swarm says.
    init(_ error: SwarmError) {
        switch error.code {
        case .invalidAddress, .unsupportedAddress: self.init(.addressInvalid, error.message)
        case .addressInUse: self.init(.addressInUse, error.message)
        case .listenFailed, .familyMissing, .streamFailed, .upgradeFailed: self.init(.networkFailed, error.message)
        case .dialFailed where error.retryAfter != nil:
            self.init(.peerBackoff, Self.told(error), details: Self.retry(after: error.retryAfter))
        case .noAddresses, .dialFailed, .timedOut: self.init(.peerUnreachable, Self.told(error))
        case .selfDial: self.init(.targetSelf, error.message)
        case .wrongPeer: self.init(.peerWrongID, error.message, details: Self.peers(error))
        case .limitExceeded: self.init(.limitReached, error.message, details: Self.limit(error))
        case .unsupportedProtocol: self.init(.peerUnsupported, error.message)
        case .connectionClosed: self.init(.connectionLost, error.message)
        case .cancelled, .closed: self.init(.engineStopping, error.message)
        }
    }

    /// The sentence, and what each address said.
    private static func told(_ error: SwarmError) -> String {
        let attempts = error.attempts.prefix(8).map(\.description)
        let told = attempts.filter { !error.message.contains($0) }
        return told.isEmpty ? error.message : error.message + ": " + told.joined(separator: "; ")
    }

    /// In whole milliseconds, and never too soon.
    private static func retry(after delay: Duration?) -> [JSON.Member] {
        delay.map { [Fields.retryAfter.detail(.integer($0.millisecondsClamped + 1))] } ?? []
    }

    private static func peers(_ error: SwarmError) -> [JSON.Member] {
        var details: [JSON.Member] = []
        if let expected = error.expectedPeer { details.append(Fields.expected.detail(.string(expected.description))) }
        if let actual = error.actualPeer { details.append(Fields.actual.detail(.string(actual.description))) }
        return details
    }

    private static func limit(_ error: SwarmError) -> [JSON.Member] {
        guard let limit = error.limit else { return [] }
        return [
            Fields.scope.detail(.string(limit.scope.description)),
            Fields.resource.detail(.string(limit.resource.rawValue)),
            Fields.limit.detail(.integer(Int64(limit.limit))),
            Fields.current.detail(.integer(Int64(limit.current))),
        ]
    }

    /// What the store says.
    init(_ error: StoreError) {
        // A command that found, in its own transaction, that it cannot be done.
        if let failure = error.underlying as? CommandFailure {
            self = failure
            return
        }
        let spec: ErrorSpec =
            switch error.code {
            case .full: .storeFull
            case .corrupt, .foreign: .storeCorrupt
            case .newerVersion: .storeNewer
            case .keyWrong: .storeKeyWrong
            case .locked: .storeLocked
            case .closed: .engineStopping
            case .gone: .profileGone
            case .io, .permission, .constraint, .overloaded, .aborted, .outOfMemory, .internal: .storeFailed
            }
        self = error.code == .gone ? .gone(error.message) : CommandFailure(spec, error.message)
    }

    /// What the libraries of the system lack; nil if they have all that is needed.
    static var missingAlgorithms: CommandFailure? {
        let missing = CryptoLibrary.missing
        guard !missing.isEmpty else { return nil }
        let libraries = CryptoLibrary.all.filter { $0.name == "OpenSSL" || missing.contains($0.name) }
        let names = libraries.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return CommandFailure(
            .libraryIncomplete,
            "\(names) does not offer \(missing.joined(separator: ", ")): its configuration leaves them out")
    }

    /// What messaging says.
    init(_ error: MessagingError) {
        if let storeError = error.storeError {
            self.init(storeError)
            return
        }
        switch error.code {
        case .empty, .tooLarge, .invalidText: self.init(.argumentInvalid, error.message)
        case .invalidContentType:
            self.init(.argumentInvalid, error.message, field: Fields.contentType.name)
        case .invalidExpiry:
            self.init(.argumentInvalid, error.message, field: Arguments.expiresIn.spec.name)
        case .ownPeer: self.init(.targetSelf, error.message)
        case .unknownMessage: self.init(.messageUnknown, error.message)
        case .store: self.init(.storeFailed, error.message)
        case .cancelled, .stopped: self.init(.engineStopping, error.message)
        }
    }

    /// What a service says that may fail in several ways.
    init(anyOf error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as SwarmError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as MessagingError: self.init(error)
        case let error as GroupError: self.init(error)
        case let error as PingError: self.init(error)
        case let error as PerfError: self.init(error)
        default: self.init(.networkFailed, "\(error)")
        }
    }

    /// What a ping says.
    init(_ error: PingError) {
        if let cause = error.cause {
            self.init(cause)
            return
        }
        switch error.code {
        case .unsupportedProtocol: self.init(.peerUnsupported, error.detail)
        case .dialFailed: self.init(.peerUnreachable, error.detail)
        case .timedOut: self.init(.timeout, error.detail)
        case .wrongEcho: self.init(.networkFailed, error.detail)
        case .closed: self.init(.connectionLost, error.detail)
        case .cancelled: self.init(.engineStopping, error.detail)
        }
    }

    /// What a measurement says.
    init(_ error: PerfError) {
        if let cause = error.cause {
            self.init(cause)
            return
        }
        switch error.code {
        case .unsupportedProtocol: self.init(.peerUnsupported, error.detail)
        case .dialFailed: self.init(.peerUnreachable, error.detail)
        case .timedOut: self.init(.timeout, error.detail)
        case .wrongCount: self.init(.networkFailed, error.detail)
        case .closed: self.init(.connectionLost, error.detail)
        case .cancelled: self.init(.engineStopping, error.detail)
        }
    }
}
