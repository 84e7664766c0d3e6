/// What can be set about requests. Sizes and times are those of rust-libp2p.
public struct RequestConfiguration: Sendable {
    /// The most bytes of a request that is sent.
    public var maximumRequest = 1 << 20

    /// The most bytes of a response that is taken.
    public var maximumResponse = 10 << 20

    /// How long a request may take, from the dial to the end of the response.
    public var timeout: Duration = .seconds(10)

    /// Requests on the way to one peer at a time; further ones wait.
    public var concurrentRequests = 100

    /// Requests to one peer that may wait; beyond, they fail at once.
    public var waitingRequests = 1024

    /// What is answered, unless the handler has limits of its own.
    public var inbound = RequestLimits()

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: sizes are not negative, counts and times are positive.
    public func validate() {
        precondition(maximumRequest >= 0 && maximumResponse >= 0, "sizes of requests are not negative")
        precondition(timeout > .zero && concurrentRequests > 0 && waitingRequests >= 0, "requests are bounded")
        inbound.validate()
    }
}

/// The limits of one handler.
public struct RequestLimits: Sendable {
    /// The most bytes of a request that is read.
    public var maximumRequest = 1 << 20

    /// The most bytes of a response that is sent.
    public var maximumResponse = 10 << 20

    /// How long reading, handling and answering may take together.
    public var timeout: Duration = .seconds(10)

    /// Requests answered at a time, of all peers.
    public var requests = 512

    /// Requests answered at a time, of one peer; further ones are refused.
    public var requestsPerPeer = 100

    /// Requests per second of one peer; faster ones wait.
    public var rate = 1000.0

    /// Requests of one peer at once.
    public var burst = 1000

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: sizes are not negative, counts, rates and times are positive.
    public func validate() {
        precondition(maximumRequest >= 0 && maximumResponse >= 0, "sizes of requests are not negative")
        precondition(timeout > .zero && requests > 0 && requestsPerPeer > 0, "requests are bounded")
        precondition(rate > 0 && burst > 0, "rate and burst of requests are positive")
    }
}

/// How requests of peers went.
public struct RequestCounts: Equatable, Sendable {
    /// Answered.
    public var answered = 0
    /// Refused by the handler.
    public var refused = 0
    /// Too large, too slow, or broken off.
    public var failed = 0
    /// Made to wait because their peer asks too often.
    public var delayed = 0
}
