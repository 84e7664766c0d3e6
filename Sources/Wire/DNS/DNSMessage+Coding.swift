extension DNSMessage {
    /// Reads a message. Bytes behind the last record are ignored, as resolvers do.
    ///
    /// - Throws: ``DNSError``. Nothing is reserved for counts that the header only declares.
    public init(decoding message: [UInt8]) throws(DNSError) {
        guard message.count <= Self.maximumSize else { throw .tooLarge }
        var offset = 0
        let header = try (0..<6).map { (_) throws(DNSError) in try Self.uint16(message, &offset) }
        self.init(id: header[0], flags: header[1])
        let counts = header[2...].map(Int.init)
        guard counts.reduce(0, +) <= Self.maximumEntries else { throw .tooManyEntries }
        for _ in 0..<Int(header[2]) {
            questions.append(
                Question(
                    name: try DNSName(decoding: message, at: &offset), type: try Self.uint16(message, &offset),
                    recordClass: try Self.uint16(message, &offset)))
        }
        for _ in 0..<Int(header[3]) { answers.append(try Self.record(message, &offset)) }
        for _ in 0..<Int(header[4]) { authorities.append(try Self.record(message, &offset)) }
        for _ in 0..<Int(header[5]) { additionals.append(try Self.record(message, &offset)) }
    }

    private static func record(_ message: [UInt8], _ offset: inout Int) throws(DNSError) -> Record {
        let name = try DNSName(decoding: message, at: &offset)
        let type = try uint16(message, &offset)
        let recordClass = try uint16(message, &offset)
        let high = try uint16(message, &offset)
        let low = try uint16(message, &offset)
        let length = Int(try uint16(message, &offset))
        guard length <= message.count - offset else { throw .truncated }
        var record = Record(
            name: name, type: type, recordClass: recordClass, timeToLive: UInt32(high) << 16 | UInt32(low),
            data: Array(message[offset..<offset + length]))
        record.dataOffset = offset
        offset += length
        return record
    }

    private static func uint16(_ message: [UInt8], _ offset: inout Int) throws(DNSError) -> UInt16 {
        guard message.count - offset >= 2 else { throw .truncated }
        defer { offset += 2 }
        return UInt16(message[offset]) << 8 | UInt16(message[offset + 1])
    }

    /// The message on the wire, without compression. Counts and data beyond 65,535 are cut off.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: UInt16) { bytes += [UInt8(value >> 8), UInt8(value & 0xff)] }
        append(id)
        append(flags)
        for count in [questions.count, answers.count, authorities.count, additionals.count] {
            append(UInt16(clamping: count))
        }
        for question in questions.prefix(Int(UInt16.max)) {
            bytes += question.name.encoded
            append(question.type)
            append(question.recordClass)
        }
        for section in [answers, authorities, additionals] {
            for record in section.prefix(Int(UInt16.max)) {
                bytes += record.name.encoded
                append(record.type)
                append(record.recordClass)
                append(UInt16(record.timeToLive >> 16))
                append(UInt16(record.timeToLive & 0xffff))
                append(UInt16(clamping: record.data.count))
                bytes += record.data.prefix(Int(UInt16.max))
            }
        }
        return bytes
    }
}
