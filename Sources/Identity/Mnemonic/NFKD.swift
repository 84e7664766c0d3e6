import Crypto

/// Normalization form KD of Unicode (UAX 15): the one spelling of a text that looks the same, so that a passphrase
/// gives the same seed whichever keyboard it was typed on. It is done in guarded memory.
public enum NFKD {
    /// The normal form of a text in UTF-8, in UTF-8.
    ///
    /// Throws ``NFKDError/notUTF8(offset:)``, and ``NFKDError/unassigned(_:)`` for characters of which this program
    /// cannot know the normal form, as they are newer than its tables.
    public static func normalise(_ text: UnsafeRawBufferPointer) throws(NFKDError) -> SecretBytes {
        if text.allSatisfy({ $0 < 0x80 }) { return SecretBytes(copying: text) }
        var count = 0
        try forEachScalar(of: text) { _ in count += 1 }
        let scalars = SecretBytes(count: count * MemoryLayout<UInt32>.size) { room in
            room.withMemoryRebound(to: UInt32.self) { scalars in
                var end = 0
                // The text was sound a moment ago.
                try? forEachScalar(of: text) { scalar in
                    scalars[end] = scalar
                    end += 1
                }
                reorder(scalars)
            }
        }
        return scalars.withUnsafeBytes { scalars in
            scalars.withMemoryRebound(to: UInt32.self) { encode($0) }
        }
    }

    /// Gives the closure each scalar of the decomposed text, before marks are put in order.
    private static func forEachScalar(
        of text: UnsafeRawBufferPointer, _ body: (UInt32) -> Void
    ) throws(NFKDError) {
        var decoder = Unicode.UTF8()
        var bytes = text.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&bytes) {
            case .scalarValue(let scalar):
                guard DecompositionTable.knows(scalar) else { throw .unassigned(scalar.value) }
                Decomposition.shared.decompose(scalar.value, body)
                offset += Unicode.UTF8.width(scalar)
            case .emptyInput: return
            case .error: throw .notUTF8(offset: offset)
            }
        }
    }

    /// Sorts each run of combining marks by class; marks of one class stay in their order (UAX 15, D108).
    private static func reorder(_ scalars: UnsafeMutableBufferPointer<UInt32>) {
        for index in scalars.indices.dropFirst() {
            let mark = scalars[index]
            let rank = combiningClass(of: mark)
            guard rank > 0 else { continue }
            var place = index
            while place > 0, combiningClass(of: scalars[place - 1]) > rank {
                scalars[place] = scalars[place - 1]
                place -= 1
            }
            scalars[place] = mark
        }
    }

    private static func combiningClass(of scalar: UInt32) -> UInt8 {
        Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0
    }

    private static func encode(_ scalars: UnsafeBufferPointer<UInt32>) -> SecretBytes {
        let scalars = scalars.lazy.compactMap(Unicode.Scalar.init)
        return SecretBytes(count: scalars.reduce(0) { $0 + Unicode.UTF8.width($1) }) { text in
            var end = 0
            for byte in scalars.compactMap(Unicode.UTF8.encode).joined() {
                text[end] = byte
                end += 1
            }
        }
    }
}

/// Why a text has no normal form here.
public enum NFKDError: Error, Equatable, Sendable {
    /// The bytes are not UTF-8, from this one on, counted from 0.
    case notUTF8(offset: Int)
    /// A character that no version of Unicode that this program knows has assigned; the number is its code point.
    case unassigned(UInt32)
}

extension NFKDError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .notUTF8(let offset): "not UTF-8 at byte \(offset)"
        case .unassigned(let scalar):
            "the character U+\(String(scalar, radix: 16, uppercase: true)) is unknown: its normal form may change"
        }
    }
}
