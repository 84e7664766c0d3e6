/// A DNS message (RFC 1035, section 4), as multicast DNS uses it (RFC 6762).
public struct DNSMessage: Equatable, Sendable {
    /// The largest message taken, in bytes (RFC 6762, section 17).
    public static let maximumSize = 9000
    /// The most questions and records taken together.
    public static let maximumEntries = 256

    /// A question (RFC 1035, section 4.1.2).
    public struct Question: Equatable, Sendable {
        /// What is asked about.
        public var name: DNSName
        /// The type of record that is asked for, such as 12 for PTR.
        public var type: UInt16
        /// The class; with the top bit set, a multicast asker wants a unicast answer.
        public var recordClass: UInt16

        /// A question.
        public init(name: DNSName, type: UInt16, recordClass: UInt16) {
            self.name = name
            self.type = type
            self.recordClass = recordClass
        }
    }

    /// A resource record (RFC 1035, section 4.1.3).
    public struct Record: Equatable, Sendable {
        /// What the record is about.
        public var name: DNSName
        /// Its type, such as 16 for TXT.
        public var type: UInt16
        /// Its class; with the top bit set, a multicast answer replaces what was cached.
        public var recordClass: UInt16
        /// How long it holds, in seconds.
        public var timeToLive: UInt32
        /// Its data as they stand in the message. A name within is read with ``DNSName/init(decoding:at:)`` at
        /// ``dataOffset`` of the whole message, since it may point out of the data.
        public var data: [UInt8]
        /// Where the data began in the message that was decoded; 0 for a record made here.
        public var dataOffset: Int

        /// A record to be sent.
        public init(name: DNSName, type: UInt16, recordClass: UInt16, timeToLive: UInt32, data: [UInt8]) {
            self.name = name
            self.type = type
            self.recordClass = recordClass
            self.timeToLive = timeToLive
            self.data = data
            dataOffset = 0
        }
    }

    /// The id; 0 in multicast.
    public var id: UInt16
    /// The flags as they stand in the header; 0x8400 for an authoritative answer.
    public var flags: UInt16
    /// What is asked.
    public var questions: [Question] = []
    /// What is answered.
    public var answers: [Record] = []
    /// Records of the authority section.
    public var authorities: [Record] = []
    /// Records that may help.
    public var additionals: [Record] = []

    /// A message without questions and records.
    public init(id: UInt16 = 0, flags: UInt16 = 0) {
        self.id = id
        self.flags = flags
    }
}
