extension Multiaddr {
    /// One step of an address: a protocol and its value.
    public struct Component: Hashable, Sendable, CustomStringConvertible {
        /// The protocol.
        public let code: MultiaddrCode
        /// The value's bytes, without a length prefix; empty if the protocol has none.
        public let value: [UInt8]

        /// A component of a value's bytes, which must be valid for the protocol.
        public init(code: MultiaddrCode, value: [UInt8] = []) throws(MultiaddrError) {
            try self.init(code: code, value: value, position: 0)
        }

        /// A component of a value's text: `Component(.tcp, "4001")`.
        public init(_ code: MultiaddrCode, _ text: some StringProtocol) throws(MultiaddrError) {
            guard let value = code.value(ofText: Substring(text)) else {
                throw MultiaddrError(
                    .invalidValue, detail: "\(MultiaddrError.quote(text)) is no value of /\(code.name)")
            }
            try self.init(code: code, value: value, position: 0)
        }

        init(code: MultiaddrCode, value: [UInt8], position: Int) throws(MultiaddrError) {
            guard code.isValid(value) else {
                throw MultiaddrError(
                    .invalidValue, component: position, detail: "the bytes are no value of /\(code.name)")
            }
            self.code = code
            self.value = value
        }

        /// The value as text, without slashes around it: `4001` for `/tcp/4001`; empty if the protocol has none.
        public var text: String {
            code.text(ofValue: value)
        }

        /// The component as it stands in an address: `/tcp/4001`.
        public var description: String {
            guard code.hasValue else { return "/\(code.name)" }
            // A Unix path brings its own slash.
            return code == .unix ? "/\(code.name)\(text)" : "/\(code.name)/\(text)"
        }

        /// Appends the binary form.
        func encode(into bytes: inout [UInt8]) {
            UnsignedVarint.encode(code.rawValue, into: &bytes)
            if case .prefixed = code.size { UnsignedVarint.encode(UInt64(value.count), into: &bytes) }
            bytes += value
        }
    }
}
