import Multiformats
import Wire

/// What a field of a line may hold.
///
/// A type carries its own bounds, so that one declaration serves validation, `help` and every page made from the
/// schema. Lengths are bytes of UTF-8. The bounds of durations are in milliseconds here, and in seconds wherever they
/// are shown.
public indirect enum FieldType: Sendable {
    /// Text, with the bytes of UTF-8 it may have.
    case string(bytes: ClosedRange<Int>)
    /// A whole number within a range. None ever reaches 2^53.
    case integer(ClosedRange<Int64>)
    /// A number with a fraction.
    case number
    case boolean
    /// One word of a list.
    case choice([String])
    /// A length of time: a number of seconds, or text with a unit such as `"500ms"`, `"90s"`, `"10m"`, `"24h"`, `"7d"`.
    case duration(ClosedRange<Int64>)
    /// An instant, RFC 3339 in UTC.
    case time
    /// Bytes in base64 (RFC 4648 section 4, padding optional), with the count they decode to.
    case base64(bytes: ClosedRange<Int>)
    /// A peer id in any of its text forms.
    case peer
    /// A peer or a chat as a user names it: a peer id, a contact's alias, `self` where it means something.
    case target
    /// A multiaddr in text.
    case multiaddr
    /// The id of a message: 26 characters of Crockford base32.
    case messageID
    /// Several values of one type.
    case list(FieldType, count: ClosedRange<Int>)
    /// An object with these fields, in this order.
    case object([FieldSpec])
    /// A string or an integer: the `id` of a command.
    case identifier
    /// Any JSON value.
    case any
}

extension FieldType {
    /// The largest integer that every JSON reader keeps exactly.
    public static let safeInteger: Int64 = (1 << 53) - 1

    /// Any text up to `bytes`.
    public static func text(_ bytes: Int) -> FieldType {
        .string(bytes: 0...bytes)
    }

    /// Any count: 0 and up.
    public static let count: FieldType = .integer(0...safeInteger)

    /// The type's name as `help` prints it.
    public var name: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .choice: "choice"
        case .duration: "duration"
        case .time: "time"
        case .base64: "base64"
        case .peer: "peer"
        case .target: "target"
        case .multiaddr: "multiaddr"
        case .messageID: "message_id"
        case .list(let element, _): "list of \(element.name)"
        case .object: "object"
        case .identifier: "string or integer"
        case .any: "any"
        }
    }

    /// The text as a field of this type may hold it: what is too long ends with an ellipsis. Nil for an empty one where
    /// there must be a character.
    func fitting(_ text: String) -> String? {
        guard case .string(let bytes) = self, !bytes.contains(text.utf8.count) else { return text }
        guard text.utf8.count > bytes.upperBound else { return nil }
        let ellipsis = "…"
        var end = text.utf8.index(text.startIndex, offsetBy: max(0, bytes.upperBound - ellipsis.utf8.count))
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            text.utf8.formIndex(before: &end)
        }
        return text[..<end] + ellipsis
    }

    /// The unit of its numbers, where the type says it.
    var unit: String? {
        if case .duration = self { "s" } else { nil }
    }

    /// The bounds as a person reads them, such as `1...500`; nil where there are none worth a word.
    public var range: String? {
        switch self {
        case .string(let bytes), .base64(let bytes): "\(bytes.lowerBound)...\(bytes.upperBound) bytes"
        case .integer(let range):
            range.upperBound == Self.safeInteger && range.lowerBound == 0
                ? nil : "\(range.lowerBound)...\(range.upperBound)"
        case .duration(let range):
            "\(DurationText.seconds(range.lowerBound).text)...\(DurationText.seconds(range.upperBound).text) s"
        case .choice(let words): words.joined(separator: "|")
        case .list(_, let count): "\(count.lowerBound)...\(count.upperBound) values"
        default: nil
        }
    }
}
