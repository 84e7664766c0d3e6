import Negotiation
import Noise

/// Why a connection could not be made ready for streams.
enum UpgradeError: Error {
    /// No agreement on Noise, or on Yamux; the text says at which step.
    case negotiation(step: String, NegotiationError)
    case noise(NoiseError)
    /// The other side wants a multiplexer that we do not have.
    case muxer(String)
    /// A record that is not one, or more bytes than a negotiation needs.
    case malformed(String)

    var detail: String {
        switch self {
        case .negotiation(let step, let error): "negotiating \(step): \(error.detail)"
        case .noise(let error): "noise: \(error.detail)"
        case .muxer(let name): "no multiplexer in common; agreed on \(name)"
        case .malformed(let detail): detail
        }
    }
}
