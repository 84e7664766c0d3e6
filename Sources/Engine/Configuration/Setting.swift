import Time
import Wire

/// A setting: its name, what it may be, and where its value is kept. Declared once, in ``Setting/all``.
///
/// From the name `on_eof` follow the option `--on-eof`, the variable `LINNET_ON_EOF` and the key `on_eof` of a file.
/// Values are JSON wherever they come from; what stands in an option or in the environment is read by
/// ``value(ofWord:)``.
public struct Setting: Sendable {
    /// Its name, type, summary and default.
    public let spec: FieldSpec
    /// What its value is called in the help of options; nil for one that is on or off.
    public let placeholder: String?
    /// What its absence means, where the default does not say it.
    public let absence: String?
    /// Whether it may change while an engine runs.
    public let isLive: Bool
    /// Whether it tells where the profile is, so that a file in the profile cannot say it.
    public let findsProfile: Bool
    /// Whether it is a path.
    public let isPath: Bool
    let value: @Sendable (Settings) -> JSON?
    let put: @Sendable (JSON, inout Settings) -> Void
    private let check: @Sendable (JSON) -> String?

    /// A setting whose value is that of an argument.
    init<Value: Sendable>(
        _ argument: Argument<Value>, _ path: WritableKeyPath<Settings, Value> & Sendable, _ placeholder: String? = nil,
        absence: String? = nil, isLive: Bool = false, findsProfile: Bool = false,
        isPath: Bool = false, check: @escaping @Sendable (JSON) -> String? = { _ in nil },
        json: @escaping @Sendable (Value) -> JSON?
    ) {
        let initial = json(Settings()[keyPath: path])
        spec = initial.map { argument.spec.or($0) } ?? argument.spec
        if case .choice(let words) = argument.spec.type {
            self.placeholder = words.joined(separator: "|")
        } else {
            self.placeholder = placeholder
        }
        self.absence = absence
        self.isLive = isLive
        self.findsProfile = findsProfile
        self.isPath = isPath
        self.check = check
        value = { json($0[keyPath: path]) }
        put = { value, settings in
            if let value = argument.read(value) { settings[keyPath: path] = value }
        }
    }

    /// The name, as files and `config.set` have it.
    public var name: String { spec.name }

    /// The option, as in `--on-eof`.
    public var option: String { "--" + name.replacing("_", with: "-") }

    /// The environment variable, as in `LINNET_ON_EOF`.
    public var variable: String { Self.variablePrefix + name.uppercased() }

    /// What every variable of ours begins with.
    public static let variablePrefix = "LINNET_"

    /// What its absence means, for a person; nil where there is nothing to say.
    public var absenceText: String? {
        switch spec.defaultValue {
        case _ where absence != nil: absence
        case .string(let text)?: text
        case .integer(let number)?: "\(number)"
        default: nil
        }
    }

    /// Whether it has several values, each with an option of its own.
    public var isList: Bool {
        if case .list = spec.type { true } else { false }
    }

    /// The setting with this name.
    public static func named(_ name: String) -> Setting? {
        all.first { $0.name == name }
    }

    /// `no setting is called 'lgo'; did you mean 'log'?`
    static func unknown(_ name: String) -> String {
        "no setting is called '\(name.forMessage)'\(Suggestion.hint(for: name, among: all.map(\.name)))"
    }
}

/// Values
extension Setting {
    /// What is wrong with a value, as the rest of a sentence; nil if nothing is.
    public func problem(with value: JSON) -> String? {
        spec.type.problem(with: value) ?? check(value)
    }

    /// A value that is right, as it is shown: the same however it was written.
    func canonical(_ value: JSON) -> JSON {
        switch spec.type {
        case .duration: DurationText.milliseconds(value).map { .string(DurationText.text(milliseconds: $0)) } ?? value
        case .list: .array(value.elements)
        default: value
        }
    }

    /// The value that an option's text, or one in the environment, stands for. Whether it is right is another question.
    public func value(ofWord text: String) -> JSON {
        switch spec.type {
        case .boolean: return text == "1" ? .bool(true) : text == "0" ? .bool(false) : spec.type.value(ofWord: text)
        case .list(let element, _):
            return .array(text.split(whereSeparator: \.isWhitespace).map { element.value(ofWord: String($0)) })
        default: return spec.type.value(ofWord: text)
        }
    }
}

/// Kinds
extension Setting {
    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ summary: String, isLive: Bool = true
    ) -> Setting {
        let words = Value.allCases.map(\.rawValue)
        let argument = Argument<Value>(spec: FieldSpec(name, .choice(words), summary)) { value in
            value.stringValue.flatMap(Value.init(rawValue:))
        }
        return Setting(argument, path, isLive: isLive) { .string($0.rawValue) }
    }

    static func flag(
        _ name: String, _ path: WritableKeyPath<Settings, Bool> & Sendable, _ summary: String, isLive: Bool = true,
        findsProfile: Bool = false
    ) -> Setting {
        Setting(
            .boolean(FieldSpec(name, .boolean, summary)), path, isLive: isLive, findsProfile: findsProfile
        ) { .bool($0) }
    }

    static func duration(
        _ name: String, _ path: WritableKeyPath<Settings, Duration> & Sendable, _ milliseconds: ClosedRange<Int64>,
        _ summary: String, _ placeholder: String
    ) -> Setting {
        Setting(.duration(FieldSpec(name, .duration(milliseconds), summary)), path, placeholder, isLive: true) {
            .string(DurationText.text(milliseconds: $0.millisecondsClamped))
        }
    }

    static func count(
        _ name: String, _ path: WritableKeyPath<Settings, Int64> & Sendable, _ range: ClosedRange<Int64>,
        _ summary: String
    ) -> Setting {
        Setting(.integer(FieldSpec(name, .integer(range), summary)), path, "COUNT", isLive: true) { .integer($0) }
    }
}
