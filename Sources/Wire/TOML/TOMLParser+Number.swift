extension TOMLParser {
    /// An integer, or a number with a fraction or an exponent. Single underscores between digits do not count.
    mutating func number() throws(TOMLError) -> JSON {
        let start = position
        var text = ""
        if let sign = current, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            if sign == UInt8(ascii: "-") { text = "-" }
            position += 1
        }
        if isAt("inf") || isAt("nan") { throw error(.unsupported(.infinity)) }
        let isZero = current == UInt8(ascii: "0")
        if isZero, let radix = byte(at: 1), "xob".utf8.contains(radix) { throw error(.unsupported(.radix)) }
        let digits = try digits(&text)
        if let next = current, next == UInt8(ascii: "-") || next == UInt8(ascii: ":") {
            throw error(.unsupported(.dateTime))
        }
        if isZero, digits > 1 {
            position = start
            throw error(.invalidNumber)
        }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            text += "."
            position += 1
            _ = try self.digits(&text)
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            text += "e"
            position += 1
            if let sign = current, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                text += sign == UInt8(ascii: "-") ? "-" : ""
                position += 1
            }
            _ = try self.digits(&text)
        }
        let value: JSON? =
            isInteger ? Int64(text).map(JSON.integer) : Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        guard let value else {
            position = start
            throw error(.numberOutOfRange)
        }
        return value
    }

    /// Takes digits; how many there were.
    private mutating func digits(_ text: inout String) throws(TOMLError) -> Int {
        var count = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
                count += 1
            case UInt8(ascii: "_"):
                guard count > 0, let next = self.byte(at: 1), (0x30...0x39).contains(next) else {
                    throw error(.invalidNumber)
                }
            default:
                if count == 0 { throw error(.invalidNumber) }
                return count
            }
            position += 1
        }
        if count == 0 { throw error(.invalidNumber) }
        return count
    }
}
