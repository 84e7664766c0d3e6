/// PRECIS's FreeformClass: which characters a passphrase may have (RFC 8264, section 4.3, by the rules of section 8).
enum FreeformClass {
    /// Where the first scalar stands that is not allowed there; nil if all are.
    static func firstRefused(_ scalars: UnsafeBufferPointer<UInt32>) -> Int? {
        scalars.indices.first { !isAllowed(at: $0, in: scalars) }
    }

    private static func isAllowed(at index: Int, in scalars: UnsafeBufferPointer<UInt32>) -> Bool {
        guard let scalar = Unicode.Scalar(scalars[index]) else { return false }
        if (0x21...0x7e).contains(scalar.value) { return true }
        if let isAllowed = exception(scalar.value) { return isAllowed }
        if let isAllowed = contextual(at: index, in: scalars) { return isAllowed }
        let properties = scalar.properties
        if isOldHangul(scalar.value) || properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint {
            return false
        }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .titlecaseLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .spaceSeparator,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .connectorPunctuation, .dashPunctuation,
            .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return true
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        @unknown default: return false
        }
    }

    /// Section 9.6: what is decided one by one.
    private static func exception(_ scalar: UInt32) -> Bool? {
        switch scalar {
        case 0x00df, 0x03c2, 0x06fd, 0x06fe, 0x0f0b, 0x3007: true
        case 0x0640, 0x07fa, 0x302e, 0x302f, 0x3031...0x3035, 0x303b: false
        default: nil
        }
    }

    /// Section 9.9: letters that are parts of syllables.
    private static func isOldHangul(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x11ff, 0xa960...0xa97c, 0xd7b0...0xd7c6, 0xd7cb...0xd7fb: true
        default: false
        }
    }
}

/// What is allowed only among certain others (RFC 5892, appendix A).
extension FreeformClass {
    private static func contextual(at index: Int, in scalars: UnsafeBufferPointer<UInt32>) -> Bool? {
        let before = index > 0 ? scalars[index - 1] : nil
        let after = index + 1 < scalars.count ? scalars[index + 1] : nil
        switch scalars[index] {
        case 0x200c: return isVirama(before) || joins(before) && joins(after)
        case 0x200d: return isVirama(before)
        case 0x00b7: return before == 0x6c && after == 0x6c
        case 0x0375: return after.map(isGreek) ?? false
        case 0x05f3, 0x05f4: return before.map(isHebrew) ?? false
        case 0x30fb: return scalars.contains { isJapanese($0) }
        case 0x0660...0x0669: return !scalars.contains { (0x06f0...0x06f9).contains($0) }
        case 0x06f0...0x06f9: return !scalars.contains { (0x0660...0x0669).contains($0) }
        default: return nil
        }
    }

    private static func isVirama(_ scalar: UInt32?) -> Bool {
        scalar.flatMap(Unicode.Scalar.init)?.properties.canonicalCombiningClass == .virama
    }

    /// Whether a scalar is a letter or a mark of a script whose letters join. Which of them do is a table of its own;
    /// a separator beside one that does not is nothing worse than superfluous.
    private static func joins(_ scalar: UInt32?) -> Bool {
        guard let scalar else { return false }
        return switch scalar {
        case 0x0610...0x061a, 0x0620...0x065f, 0x066e...0x06d3, 0x06d5...0x06dc, 0x06fa...0x06ff,  // Arabic
            0x0710...0x074f, 0x0750...0x077f, 0x07ca...0x07f5, 0x0840...0x085b, 0x0860...0x086a,  // Syriac, N'Ko …
            0x0870...0x08ff, 0x1807, 0x1820...0x18aa, 0xa840...0xa873, 0xfb50...0xfdff, 0xfe70...0xfefc:
            true
        default: false
        }
    }

    private static func isGreek(_ scalar: UInt32) -> Bool {
        (0x0370...0x03ff).contains(scalar) || (0x1f00...0x1fff).contains(scalar)
    }

    private static func isHebrew(_ scalar: UInt32) -> Bool {
        (0x0591...0x05f4).contains(scalar) || (0xfb1d...0xfb4f).contains(scalar)
    }

    private static func isJapanese(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x3041...0x3096, 0x309d...0x309f, 0x30a1...0x30fa, 0x30fd...0x30ff, 0x31f0...0x31ff, 0xff66...0xff9d,
            0x1b000...0x1b16f, 0x2e80...0x2fd5, 0x3005, 0x3007, 0x3021...0x3029, 0x3038...0x303b, 0x3400...0x4dbf,
            0x4e00...0x9fff, 0xf900...0xfad9, 0x20000...0x323af:
            true
        default: false
        }
    }
}
