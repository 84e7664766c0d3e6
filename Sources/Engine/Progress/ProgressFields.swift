/// The fields of a `progress` line. Each command that writes some says what it counts.
enum ProgressFields {
    static let rate = FieldSpec("rate", .number, "the current rate per second", example: .number(98_304_512)).measured
    static let remaining = FieldSpec(
        "eta_ms", .count, "how long the rest will take at this rate", unit: "ms", example: .integer(1480)
    ).measured

    /// The fields of a command that counts in a unit, and goes through these phases.
    static func counting(_ unit: String, phases: [String] = []) -> [FieldSpec] {
        var fields = [
            FieldSpec("done", .count, "how much is done", unit: unit, example: .integer(24_379_392)).measured.required,
            FieldSpec("total", .count, "how much there is in total", unit: unit, example: .integer(100_000_000)),
            rate.inUnit("\(unit)/s"), remaining,
        ]
        if !phases.isEmpty { fields.append(FieldSpec("phase", .choice(phases), "the current phase").required) }
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
