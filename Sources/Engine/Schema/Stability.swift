/// How a value compares with that of another run in which the same happened. Whoever compares two conversations, as
/// `linnet replay` does, goes by it.
public enum Stability: String, Sendable {
    /// It is the same.
    case same
    /// It stands for something that every run makes anew, such as a peer id: another value, but the same one wherever
    /// it stands.
    case renamed
    /// It is of its run alone: a time, a rate, a size. That it is there, and of what kind it is, is the same.
    case measured
    /// A sentence for people: the same but for the numbers in it, and for what is renamed.
    case prose
}

extension FieldType {
    /// How values of the type compare, unless their field says otherwise.
    var stability: Stability {
        switch self {
        case .time: .measured
        case .peer, .messageID, .multiaddr: .renamed
        default: .same
        }
    }
}

extension FieldSpec {
    /// How its value compares with that of another run.
    public var stability: Stability { declaredStability ?? type.stability }

    /// The same field, whose value is of its run alone.
    public var measured: FieldSpec { comparing(.measured) }

    /// The same field, whose value every run makes anew.
    public var renamed: FieldSpec { comparing(.renamed) }

    /// The same field, whose value is for people.
    public var prose: FieldSpec { comparing(.prose) }

    private func comparing(_ stability: Stability) -> FieldSpec {
        var copy = self
        copy.declaredStability = stability
        return copy
    }
}
