/// Why a simulation was given up.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
    /// Nothing is left to do and no timer runs, but the body has not returned: it waits for what will never come, or
    /// for something outside the simulation.
    case stalled
    /// The body did not return within this virtual time.
    case timeLimit(Duration)

    /// A sentence for the person who reads the test's output.
    public var description: String {
        switch self {
        case .stalled: "the simulation is stuck: no work, no timer, and its body still waits"
        case .timeLimit(let limit): "the simulation took longer than \(limit) of virtual time"
        }
    }
}
