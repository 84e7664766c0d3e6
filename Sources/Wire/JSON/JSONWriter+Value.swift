extension JSONWriter {
    /// Writes an integer.
    public mutating func integer(_ value: Int64) {
        separate()
        if value < 0 { append(UInt8(ascii: "-")) }
        appendDigits(of: value.magnitude)
    }

    /// Writes an integer.
    public mutating func integer(_ value: Int) {
        integer(Int64(value))
    }

    /// Writes an integer from 0 up.
    public mutating func integer(_ value: UInt64) {
        separate()
        appendDigits(of: value)
    }

    /// Writes any value.
    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): double(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    private mutating func appendDigits(of value: UInt64) {
        reserve(20)
        let start = count
        count = storage.withUnsafeMutableBytes { buffer in
            // From the last digit to the first, at the end of the room; then to its front.
            var position = start + 20
            var rest = value
            repeat {
                position -= 1
                buffer[position] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            } while rest > 0
            let length = start + 20 - position
            for offset in 0..<length { buffer[start + offset] = buffer[position + offset] }
            return start + length
        }
    }
}

extension JSON {
    /// The value as JSON text.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
