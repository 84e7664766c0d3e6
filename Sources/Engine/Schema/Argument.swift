import Identity
import Messaging
import Multiformats
import Wire

/// An argument of a command with the Swift type its handler gets.
///
/// The line was held against the schema before a handler runs, so reading a value cannot meet a wrong type.
struct Argument<Value: Sendable>: Sendable {
    /// How it is declared.
    let spec: FieldSpec
    /// The value, once its type and range are known to be right.
    let read: @Sendable (JSON) -> Value?

    /// The same argument, which must be there.
    var required: FieldSpec { spec.required }

    /// The same argument with a default.
    func or(_ value: JSON) -> FieldSpec {
        spec.or(value)
    }
}

extension Argument where Value == String {
    /// Text, a choice, or a target that the handler resolves.
    static func string(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .string(let text) = value { text } else { nil }
        }
    }
}

extension Argument where Value == [String] {
    /// Several texts.
    static func strings(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { $0.elements.compactMap(\.stringValue) }
    }
}

extension Argument where Value == JSON {
    /// A value that the handler reads.
    static func json(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { $0 }
    }
}

extension Argument where Value == Int64 {
    /// A whole number.
    static func integer(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .integer(let number) = value { number } else { nil }
        }
    }
}

extension Argument where Value == Bool {
    /// True or false.
    static func boolean(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .bool(let flag) = value { flag } else { nil }
        }
    }
}

extension Argument where Value == Duration {
    /// A length of time.
    static func duration(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in DurationText.milliseconds(value).map { .milliseconds($0) } }
    }
}

extension Argument where Value == [UInt8] {
    /// Bytes in base64.
    static func base64(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .string(let text) = value { Base64.decode(text) } else { nil }
        }
    }
}

extension Argument where Value == Multiaddr {
    /// A multiaddr.
    static func multiaddr(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .string(let text) = value { try? Multiaddr(text) } else { nil }
        }
    }
}

extension Argument where Value == [Multiaddr] {
    /// Several multiaddrs.
    static func multiaddrs(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            value.elements.compactMap { if case .string(let text) = $0 { try? Multiaddr(text) } else { nil } }
        }
    }
}

extension Argument where Value == PeerID {
    /// A peer id.
    static func peer(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .string(let text) = value { try? PeerID(text) } else { nil }
        }
    }
}

extension Argument where Value == MessageID {
    /// A message's id.
    static func messageID(_ spec: FieldSpec) -> Self {
        Self(spec: spec) { value in
            if case .string(let text) = value { MessageID(text) } else { nil }
        }
    }
}
