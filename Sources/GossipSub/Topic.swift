extension GossipSub {
    /// A topic: bytes, which all who take part use alike. Usually they are text.
    ///
    /// Two that look the same are two topics if their bytes differ, such as an é of one scalar and one of two: `String`
    /// would take them for one.
    public struct Topic: Hashable, Sendable {
        /// Its bytes.
        public let bytes: [UInt8]

        /// The topic with these bytes.
        public init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// The topic with this name.
        public init(_ name: String) {
            bytes = Array(name.utf8)
        }

        /// Whether there is nothing in it: no topic is so.
        var isEmpty: Bool { bytes.isEmpty }
    }
}

extension GossipSub.Topic: Comparable {
    /// The order of the bytes.
    public static func < (left: GossipSub.Topic, right: GossipSub.Topic) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension GossipSub.Topic: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// A topic that is known.
    public init(stringLiteral name: String) { self.init(name) }

    /// The name, as far as it is text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
