/// A network address that says itself how it is to be used: `/ip4/192.0.2.1/tcp/4001/p2p/12D3KooW…`.
///
/// The validated binary form is what is stored; text is made when it is asked for. An address that holds a protocol
/// unknown here cannot be read at all: drop that address, keep the message it came in.
///
/// Source: multiformats/multiaddr, libp2p addressing.
public struct Multiaddr: Hashable, Sendable, CustomStringConvertible {
    /// The longest binary form that is read, in bytes.
    public static let maximumCount = 1024
    /// The longest text that is read, in bytes.
    public static let maximumTextCount = 4096

    /// The binary form, valid and not empty.
    public let bytes: [UInt8]

    init(validated bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads an address that is all of `bytes`, at most `maximumCount` of them.
    public init(bytes: [UInt8]) throws(MultiaddrError) {
        guard !bytes.isEmpty else { throw MultiaddrError(.empty, detail: "the address is empty") }
        guard bytes.count <= Self.maximumCount else {
            throw MultiaddrError(.tooLong, detail: "\(bytes.count) bytes; the limit is \(Self.maximumCount)")
        }
        var scanner = MultiaddrScanner(bytes)
        while let component = try scanner.next() {
            guard component.code != .unix || scanner.isAtEnd else {
                throw MultiaddrError(.invalidValue, component: scanner.count - 1, detail: "/unix must be the last")
            }
        }
        self.bytes = bytes
    }

    /// An address of these components in order; at least one.
    public init(_ components: [Component]) throws(MultiaddrError) {
        var bytes: [UInt8] = []
        for component in components { component.encode(into: &bytes) }
        try self.init(bytes: bytes)
    }

    /// The components in order; at least one.
    public var components: [Component] {
        var components: [Component] = []
        var scanner = MultiaddrScanner(bytes)
        // The bytes were validated when the address was made.
        while let component = try? scanner.next() { components.append(component) }
        return components
    }

    /// The text: `/ip4/127.0.0.1/tcp/4001`. Reading it gives an equal address.
    public var description: String {
        components.reduce(into: "") { $0 += $1.description }
    }

    /// This address with the components of `other` after its own. The result may exceed `maximumCount`: then others
    /// will not read it.
    public func encapsulating(_ other: Multiaddr) -> Multiaddr {
        Multiaddr(validated: bytes + other.bytes)
    }

    /// This address with one more component at its end.
    public func appending(_ component: Component) -> Multiaddr {
        var bytes = self.bytes
        component.encode(into: &bytes)
        return Multiaddr(validated: bytes)
    }

    /// What stands before the last occurrence of `suffix`; all of it if `suffix` does not occur.
    /// - Returns: nil if nothing is left.
    public func decapsulating(_ suffix: Multiaddr) -> Multiaddr? {
        let components = self.components
        let removed = suffix.components
        var start = components.count - removed.count
        while start >= 0 {
            if components[start..<(start + removed.count)] == removed[...] {
                return Multiaddr(validatedComponents: components[..<start])
            }
            start -= 1
        }
        return self
    }

    /// The multihash of the peer that the address leads to: the value of a final `/p2p`. An address that goes on after
    /// its last `/p2p` (as `…/p2p/RELAY/p2p-circuit` does) leads to a peer that it does not name.
    public var peerIDBytes: [UInt8]? {
        guard let last = components.last, last.code == .p2p else { return nil }
        return last.value
    }

    /// The address without a final `/p2p`; itself if there is none.
    /// - Returns: nil if the address is nothing but a peer id.
    public func withoutPeerID() -> Multiaddr? {
        let components = self.components
        guard let last = components.last, last.code == .p2p else { return self }
        return Multiaddr(validatedComponents: components.dropLast())
    }

    private init?(validatedComponents: ArraySlice<Component>) {
        guard !validatedComponents.isEmpty else { return nil }
        bytes = validatedComponents.reduce(into: []) { $1.encode(into: &$0) }
    }
}
