import Wire

/// What a look at one part of a set-up came to.
public struct Finding: Equatable, Sendable {
    /// The parts, in the order in which they are looked at.
    public enum Check: String, CaseIterable, Sendable {
        case config, environment, home, profile, lock, key, store, disk, socket, listen, discovery, descriptors, clock,
            libraries
    }

    /// How it is.
    public enum State: String, CaseIterable, Sendable {
        /// As it should be.
        case ok
        /// An engine runs, but somebody should look at it.
        case warning
        /// An engine does not start, or not as it was told to.
        case broken
    }

    /// What was looked at.
    public let check: Check
    /// How it is.
    public let state: State
    /// What there is, for a person.
    public let message: String
    /// What to do about it; nil if nothing is to be done.
    public let advice: String?
    /// The status of a process that ends because of it.
    public let exit: ExitCode

    /// It is as it should be.
    static func ok(_ check: Check, _ message: String) -> Finding {
        Finding(check: check, state: .ok, message: message, advice: nil, exit: .success)
    }

    /// Somebody should look at it.
    static func warning(_ check: Check, _ message: String, _ advice: String) -> Finding {
        Finding(check: check, state: .warning, message: message, advice: advice, exit: .success)
    }

    /// It does not work.
    static func broken(_ check: Check, _ message: String, _ advice: String, exit: ExitCode = .configuration) -> Finding
    {
        Finding(check: check, state: .broken, message: message, advice: advice, exit: exit)
    }
}

/// How findings are told
extension [Finding] {
    /// The status to end with: that of the first that is broken.
    public var exit: ExitCode {
        first { $0.state == .broken }?.exit ?? .success
    }

    /// For a person: a line for each, below it what to do, and at the end how many there are.
    public var text: String {
        var text = ""
        for finding in self {
            let state = finding.state.rawValue.padding(to: 9)
            text += "\(state)\(finding.check.rawValue.padding(to: 13))\(finding.message)\n"
            if let advice = finding.advice { text += String(repeating: " ", count: 22) + advice + "\n" }
        }
        let (broken, warnings) = (count(of: .broken), count(of: .warning))
        text +=
            broken + warnings == 0
            ? "\nNo problems found.\n" : "\n\(broken) broken, \(warnings) \(warnings == 1 ? "warning" : "warnings").\n"
        return VisibleText.escaped(text, keeping: [.newline])
    }

    /// For a program: an `item` for each, and an `ok`.
    public var lines: [UInt8] {
        var line = LineWriter()
        for finding in self {
            line.begin("item")
            line.answering(nil, Doctor.spec.name)
            line.expect(Doctor.spec.item)
            line.string(FindingFields.check, finding.check.rawValue)
            line.string(FindingFields.state, finding.state.rawValue)
            line.string(FindingFields.text, finding.message)
            line.string(FindingFields.advice, finding.advice)
            line.end()
        }
        line.begin("ok")
        line.answering(nil, Doctor.spec.name)
        line.expect(Doctor.spec.answer)
        line.count(Fields.count, count)
        line.count(FindingFields.warnings, count(of: .warning))
        line.count(FindingFields.broken, count(of: .broken))
        line.end()
        return line.take()
    }

    private func count(of state: Finding.State) -> Int {
        count { $0.state == state }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}

enum FindingFields {
    static let check = FieldSpec("check", .choice(Finding.Check.allCases.map(\.rawValue)), "what was checked")
    static let state = FieldSpec(
        "state", .choice(Finding.State.allCases.map(\.rawValue)), "the result", example: .string("warning"))
    static let text = FieldSpec(
        "text", .text(4096), "the finding, for a person",
        example: .string("others may write to /home/bob/.config/linnet/config.toml"))
    static let advice = FieldSpec(
        "advice", .text(4096), "what to do about it",
        example: .string("run: chmod go-w /home/bob/.config/linnet/config.toml"))
    static let warnings = FieldSpec("warnings", .count, "how many need attention", example: .integer(1))
    static let broken = FieldSpec("broken_count", .count, "how many are broken", example: .integer(0))
}
