import Reactor
import Wire

/// Lets the answer of one command through to a reader, and nothing else; and tells how it came out.
@NetworkActor public final class AnswerSink: LineSink {
    /// What the reader gets of the answer.
    public enum Form: Equatable, Sendable {
        /// Its lines.
        case lines
        /// Nothing.
        case silence
        /// The values of one field, unquoted, one a line.
        case values(of: String)
        /// The values of one field as they are, each with U+0000 behind it.
        case records(of: String)

        /// The field of which the values are shown.
        public var field: String? {
            switch self {
            case .values(let field), .records(let field): field
            case .lines, .silence: nil
            }
        }
    }

    /// How a command came out.
    public struct Outcome: Sendable {
        /// The status to end with.
        public let exit: ExitCode
        /// What went wrong, for a person; nil if nothing did.
        public let complaint: String?
    }

    private let form: Form
    private let sink: any LineSink
    private var outcome: Outcome?
    private var waiting: [CheckedContinuation<Outcome, Never>] = []
    private var hasItems = false
    /// Whether the field whose values are shown is one of items: each of them has a value then, or none.
    public var isOfItems = false

    /// Passes the answer on to `sink`.
    public init(_ form: Form, to sink: any LineSink) {
        self.form = form
        self.sink = sink
    }

    /// Whether the command has come out.
    public var isAnswered: Bool { outcome != nil }

    /// How the command came out; suspends until it has its answer, or the reader has gone.
    public var answer: Outcome {
        get async {
            if let outcome { return outcome }
            return await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Nobody is there to read an answer: as for any filter, that is no failure.
    public func readerGone() {
        settle(Outcome(exit: .success, complaint: nil))
    }

    /// Passes on what belongs to the answer.
    public func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        var text: [UInt8] = []
        var found: Outcome?
        for line in EngineLine.all(in: lines) {
            guard let json = line.json else {
                let failure = EngineLine.unreadable
                found = found ?? Outcome(exit: failure.spec.exit, complaint: failure.message)
                continue
            }
            switch json["type"]?.stringValue {
            case "item": text += shown(json, line)
            case "progress": if form == .lines { text += line.whole }
            case "ok":
                text += shown(json, line)
                found = Outcome(exit: .success, complaint: nil)
            case "error":
                if form == .lines { text += line.whole }
                found = Self.outcome(of: json)
            default: break
            }
        }
        guard !text.isEmpty else {
            if let found { settle(found) }
            return done(true)
        }
        sink.write(text) { [self] isOpen in
            if let found { settle(found) } else if !isOpen { readerGone() }
            done(isOpen)
        }
    }

    private func shown(_ json: JSON, _ line: EngineLine) -> [UInt8] {
        switch form {
        case .lines: return line.whole
        case .silence: return []
        case .values(let field): return values(json, field).flatMap(RawText.line)
        case .records(let field): return values(json, field).flatMap(RawText.record)
        }
    }

    /// What a line has to show: an item its one value, or that it has none; the end of the answer its value, or those
    /// of its list, if the items have not shown theirs.
    private func values(_ json: JSON, _ field: String) -> [JSON?] {
        if json["type"]?.stringValue == "item" {
            hasItems = true
            return isOfItems ? [json[field]] : []
        }
        guard let value = json[field], !(isOfItems && hasItems) else { return [] }
        return value.elements
    }

    private static func outcome(of error: JSON) -> Outcome {
        let code = error["code"]?.stringValue
        let spec = ErrorSpec.all.first { $0.code == code }
        return Outcome(exit: spec?.exit ?? .internal, complaint: error["text"]?.stringValue ?? code ?? "failed")
    }

    private func settle(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        for continuation in waiting { continuation.resume(returning: outcome) }
        waiting = []
    }
}
