import Crypto

/// A passphrase as its key is made of it: PRECIS's profile OpaqueString (RFC 8265, section 4.2), so that it is the same
/// on every keyboard and every system.
///
/// Spaces of all widths become U+0020, and the text is put in normal form C. Case and width count. What no keyboard
/// types, such as control characters, is refused: it would not be typed again elsewhere.
public enum OpaqueString {
    /// Prepares a text in UTF-8.
    ///
    /// The characters are looked at when the text is normal (RFC 8264, section 7): Hangul that was typed in letters is
    /// the syllables that it makes.
    ///
    /// - Throws: ``PassphraseError``.
    public static func prepare(_ text: UnsafeRawBufferPointer) throws(PassphraseError) -> SecretBytes {
        guard !text.isEmpty else { throw .empty }
        let prepared: Swift.Result<SecretBytes, PassphraseError>
        do throws(NormalFormError) {
            prepared = try NormalForm.withComposed(text, replacing: plainSpace) { scalars in
                if let position = FreeformClass.firstRefused(scalars) {
                    return .failure(.notAllowed(position: position + 1))
                }
                return .success(NormalForm.encoded(scalars))
            }
        } catch {
            switch error {
            case .notUTF8: throw .notUTF8
            case .unassigned(let scalar): throw .unassigned(scalar)
            }
        }
        return try prepared.get()
    }

    /// U+0020 for a space of any width.
    private static func plainSpace(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.properties.generalCategory == .spaceSeparator ? " " : scalar
    }
}

/// Why a text cannot be a passphrase. No case tells what stands in it.
public enum PassphraseError: Error, Equatable, Sendable {
    /// There is nothing.
    case empty
    /// It is no text.
    case notUTF8
    /// A character that is newer than the tables of this program; the number is its code point.
    case unassigned(UInt32)
    /// A character that RFC 8264 allows in no passphrase; the first one has position 1.
    case notAllowed(position: Int)
}

extension PassphraseError: CustomStringConvertible {
    /// What is wrong, as the rest of a sentence that begins with the passphrase.
    public var description: String {
        switch self {
        case .empty: "must not be empty"
        case .notUTF8: "is not UTF-8 text"
        case .unassigned(let scalar):
            NormalFormError.unassigned(scalar).description
        case .notAllowed(let position):
            "must not hold control characters and others that keyboards do not type, as character \(position) is"
        }
    }
}
