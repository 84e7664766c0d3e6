/// A type of fields, explained.
struct TypeMeaning: Sendable {
    /// The name, as `FieldType.name` has it.
    let name: String
    /// What a value looks like.
    let summary: String

    /// Every type, in the order of the manual.
    static let all: [TypeMeaning] = [
        TypeMeaning(name: "string", summary: "Text in UTF-8; lengths are in bytes."),
        TypeMeaning(name: "integer", summary: "An integer below 2^53, without fraction and exponent."),
        TypeMeaning(name: "number", summary: "A number that may have a fraction."),
        TypeMeaning(name: "boolean", summary: "true or false."),
        TypeMeaning(name: "choice", summary: "One of the words listed."),
        TypeMeaning(
            name: "duration",
            summary: "A duration: a number of seconds, possibly with a fraction, or a string with a unit: "
                + "\"500ms\", \"90s\", \"10m\", \"24h\", \"7d\"."),
        TypeMeaning(
            name: "time",
            summary: "A point in time, in RFC 3339 format, in UTC, with milliseconds: \"2026-11-20T22:31:04.118Z\"."),
        TypeMeaning(
            name: "base64",
            summary:
                "Bytes in base64 (RFC 4648, section 4); the padding is optional. Lengths are in bytes before encoding."),
        TypeMeaning(
            name: "peer",
            summary: "A peer id in any of its text forms: \"12D3KooW...\", \"16Uiu2HA...\", \"Qm...\", "
                + "\"bafz...\", \"k51...\". Output has the first three forms."),
        TypeMeaning(
            name: "target",
            summary: "A peer: a peer id, or the alias of a contact, in which the case of ASCII letters does not "
                + "matter. \"self\" is this engine, where that makes sense. A nickname that a peer has chosen is never accepted "
                + "as its name."),
        TypeMeaning(
            name: "multiaddr",
            summary: "A libp2p address: \"/ip4/127.0.0.1/tcp/4001\", with a peer id "
                + "\"/ip4/127.0.0.1/tcp/4001/p2p/12D3KooW...\"."),
        TypeMeaning(name: "message_id", summary: "26 letters and digits, a ULID: \"01JD0QF3M8X6ZV4T9K2B7N5C1R\"."),
        TypeMeaning(name: "list of", summary: "An array of values of one type."),
        TypeMeaning(name: "object", summary: "An object."),
        TypeMeaning(name: "string or integer", summary: "Either."),
        TypeMeaning(name: "any", summary: "Any JSON value."),
    ]
}
