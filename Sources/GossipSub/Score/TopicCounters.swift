import Time

/// What a peer has done in one topic.
struct TopicCounters: Equatable {
    /// Since when it is in the mesh; nil if it is not.
    var graftedAt: Instant?
    /// P2.
    var firstDeliveries = 0.0
    /// P3.
    var meshDeliveries = 0.0
    /// P3b.
    var meshFailure = 0.0
    /// P4.
    var invalid = 0.0

    /// Whether it has been in the mesh for long enough for P3 to count.
    func isActive(_ now: Instant, _ parameters: TopicScoreParameters) -> Bool {
        graftedAt.map { now - $0 > parameters.meshDeliveriesActivation } ?? false
    }

    /// The topic's part of the score, before its weight.
    func score(_ now: Instant, _ parameters: TopicScoreParameters) -> Double {
        var score = 0.0
        if let graftedAt {
            let time = (now - graftedAt) / parameters.timeInMeshQuantum
            score += min(time, parameters.timeInMeshCap) * parameters.timeInMeshWeight
        }
        score += firstDeliveries * parameters.firstDeliveriesWeight
        score += deficit(now, parameters) * parameters.meshDeliveriesWeight
        score += meshFailure * parameters.meshFailureWeight
        score += invalid * invalid * parameters.invalidWeight
        return score
    }

    /// The square of what is missing to enough deliveries.
    private func deficit(_ now: Instant, _ parameters: TopicScoreParameters) -> Double {
        guard isActive(now, parameters), meshDeliveries < parameters.meshDeliveriesThreshold else { return 0 }
        let missing = parameters.meshDeliveriesThreshold - meshDeliveries
        return missing * missing
    }

    /// The peer has left the mesh. A deficit stays with it.
    mutating func leaveMesh(_ now: Instant, _ parameters: TopicScoreParameters) {
        meshFailure += deficit(now, parameters)
        graftedAt = nil
    }

    mutating func decay(_ parameters: TopicScoreParameters, toZero: Double) {
        Self.decay(&firstDeliveries, parameters.firstDeliveriesDecay, toZero)
        Self.decay(&meshDeliveries, parameters.meshDeliveriesDecay, toZero)
        Self.decay(&meshFailure, parameters.meshFailureDecay, toZero)
        Self.decay(&invalid, parameters.invalidDecay, toZero)
    }

    static func decay(_ counter: inout Double, _ factor: Double, _ toZero: Double) {
        counter *= factor
        if counter < toZero { counter = 0 }
    }

    /// Whether there is nothing to remember.
    var isBlank: Bool { self == TopicCounters() }
}
