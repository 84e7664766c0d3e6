extension JSONParser {
    /// More characters than any number needs: a bound on the work of reading one.
    private static let maximumNumberCount = 512

    /// Reads a number: an integer literal that fits as an integer, anything else as a `Double`.
    mutating func number() throws(JSONError) -> JSON {
        let start = position
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let digitsStart = position
        // The value as a negative number, since that side of Int64 reaches further.
        var negated: Int64? = 0
        while let digit = currentDigit {
            if let sum = negated {
                let (tenfold, overflowed) = sum.multipliedReportingOverflow(by: 10)
                let (next, carried) = tenfold.subtractingReportingOverflow(Int64(digit))
                negated = overflowed || carried ? nil : next
            }
            position += 1
        }
        let digits = position - digitsStart
        guard digits > 0 else { throw invalidNumber() }
        if digits > 1 && base.load(fromByteOffset: digitsStart, as: UInt8.self) == UInt8(ascii: "0") {
            throw JSONError(.invalidNumber, at: digitsStart)
        }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        if isInteger, let negated {
            if isNegative { return .integer(negated) }
            if negated != .min { return .integer(-negated) }
        }
        return .number(try double(from: start))
    }

    @inline(__always)
    private var currentDigit: UInt8? {
        guard let byte = current, byte &- 0x30 < 10 else { return nil }
        return byte &- 0x30
    }

    private mutating func skipDigits() throws(JSONError) {
        guard currentDigit != nil else { throw invalidNumber() }
        while currentDigit != nil { position += 1 }
    }

    private func invalidNumber() -> JSONError {
        JSONError(isAtEnd ? .unexpectedEnd : .invalidNumber, at: position)
    }

    private func double(from start: Int) throws(JSONError) -> Double {
        guard position - start <= Self.maximumNumberCount else { throw JSONError(.numberOutOfRange, at: start) }
        let text = String(
            decoding: UnsafeRawBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw JSONError(.numberOutOfRange, at: start) }
        return value
    }
}
