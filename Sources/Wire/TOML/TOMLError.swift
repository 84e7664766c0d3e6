/// A place in a text.
public struct TOMLPosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The character in it, from 1: what an editor shows.
    public let column: Int

    /// `3:14`
    public var description: String { "\(line):\(column)" }
}

/// Why a text is no configuration file that is accepted here.
public struct TOMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistake.
    public enum Code: Hashable, Sendable {
        /// More bytes than allowed.
        case tooLong
        /// More keys than allowed.
        case tooManyEntries
        /// More elements in an array than allowed.
        case tooManyElements
        /// Bytes that are no UTF-8.
        case invalidUTF8
        /// A byte order mark at the beginning.
        case byteOrderMark
        /// A control character that cannot stand in a text.
        case controlCharacter
        /// There should be a key here.
        case expectedKey
        /// There should be an equals sign here.
        case expectedEquals
        /// There should be a value here.
        case expectedValue
        /// An array goes on here with neither comma nor bracket.
        case expectedComma
        /// Something follows a value on its line.
        case trailingContent
        /// A string that does not end on its line.
        case unterminatedString
        /// An array that does not end.
        case unterminatedArray
        /// The key stands here for the second time.
        case duplicateKey
        /// A backslash with something unknown after it.
        case invalidEscape
        /// U+0000, which ends strings in too many places.
        case nullCharacter
        /// A number that is not written as TOML wants it.
        case invalidNumber
        /// A number beyond 64 bits, or beyond what a `Double` can hold.
        case numberOutOfRange
        /// A part of TOML that is not read here.
        case unsupported(Feature)
    }

    /// What TOML has and this reader has not.
    public enum Feature: String, CaseIterable, Hashable, Sendable {
        case table = "tables"
        case dottedKey = "dotted keys"
        case quotedKey = "quoted keys"
        case multilineString = "strings over several lines"
        case inlineTable = "inline tables"
        case nestedArray = "arrays of arrays"
        case dateTime = "dates and times"
        case radix = "hexadecimal, octal and binary numbers"
        case infinity = "inf and nan"
    }

    /// What is wrong.
    public let code: Code
    /// Where.
    public let position: TOMLPosition

    /// What is wrong, for people.
    public var message: String {
        switch code {
        case .tooLong: "the file has more than \(TOMLDocument.maximumCount) bytes"
        case .tooManyEntries: "there are more than \(TOMLDocument.maximumEntries) keys"
        case .tooManyElements: "the array has more than \(TOMLDocument.maximumElements) values"
        case .invalidUTF8: "this is not UTF-8"
        case .byteOrderMark: "there is a byte order mark at the beginning"
        case .controlCharacter: "a control character cannot stand here"
        case .expectedKey: "expected a key: letters, digits, '_' and '-'"
        case .expectedEquals: "expected '=' after the key"
        case .expectedValue: "expected a value: \"text\", 'text', a number, true, false or [ … ]"
        case .expectedComma: "expected ',' or ']'"
        case .trailingContent: "something follows the value; a comment begins with '#'"
        case .unterminatedString: "the string does not end on its line"
        case .unterminatedArray: "the array does not end"
        case .duplicateKey: "the same key stands here twice"
        case .invalidEscape: "this is no escape of TOML; 'text' in single quotes has none"
        case .nullCharacter: "U+0000 is not allowed"
        case .invalidNumber: "this is not a number as TOML writes it"
        case .numberOutOfRange: "the number is out of range"
        case .unsupported(let feature): "\(feature.rawValue) are not used here"
        }
    }

    /// The error in words, with its place before it.
    public var description: String { "\(position): \(message)" }
}
