/// Reads the components of a binary address from the front.
struct MultiaddrScanner {
    private let bytes: [UInt8]
    private var position = 0
    /// How many components have been read.
    private(set) var count = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The next component; nil at the end.
    mutating func next() throws(MultiaddrError) -> Multiaddr.Component? {
        guard !isAtEnd else { return nil }
        let number = try varint()
        guard let code = MultiaddrCode(rawValue: number) else {
            throw MultiaddrError(.unknownProtocol, component: count, detail: "unknown protocol code \(number)")
        }
        let size: UInt64
        switch code.size {
        case .fixed(let count): size = UInt64(count)
        case .prefixed: size = try varint()
        }
        // Compared before it is added to anything: the peer chose this number.
        guard size <= UInt64(bytes.count - position) else {
            throw MultiaddrError(.missingValue, component: count, detail: "the value of /\(code.name) is cut short")
        }
        let end = position + Int(size)
        let component = try Multiaddr.Component(code: code, value: Array(bytes[position..<end]), position: count)
        position = end
        count += 1
        return component
    }

    private mutating func varint() throws(MultiaddrError) -> UInt64 {
        do {
            let (value, end) = try UnsignedVarint.decode(bytes, at: position)
            position = end
            return value
        } catch {
            let code: MultiaddrError.Code = error == .truncated ? .missingValue : .invalidValue
            throw MultiaddrError(code, component: count, detail: "malformed varint at byte \(position)")
        }
    }
}
