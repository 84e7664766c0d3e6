/// The fields of a `progress` line. Each command that writes some says what it counts.
enum ProgressFields {
    static let rate = FieldSpec("rate", .number, "how much a second, of late", example: .number(98_304_512)).measured
    static let remaining = FieldSpec(
        "eta_ms", .count, "how long the rest takes at this rate", unit: "ms", example: .integer(1480)
    ).measured

    /// The fields of a command that counts in a unit, and goes through these phases.
    static func counting(_ unit: String, phases: [String] = []) -> [FieldSpec] {
        var fields = [
            FieldSpec("done", .count, "how much is done", unit: unit, example: .integer(24_379_392)).measured.required,
            FieldSpec("total", .count, "how much there is to do", unit: unit, example: .integer(100_000_000)),
            rate.inUnit("\(unit)/s"), remaining,
        ]
        if !phases.isEmpty { fields.append(FieldSpec("phase", .choice(phases), "what is under way").required) }
        return fields
    }
}

extension FieldSpec {
    fileprivate func inUnit(_ unit: String) -> FieldSpec {
        var copy = self
        copy.unit = unit
        return copy
    }
}
