import Identity
import Multiformats
import Time
import Wire

/// What a datagram of mDNS says about libp2p; all else that goes over port 5353 is passed over.
public struct MDNSMessage: Equatable, Sendable {
    /// An instance of the service that an answer names.
    public struct Instance: Equatable, Sendable {
        /// Its name.
        public var name: DNSName
        /// How long it is there, in seconds; 0 when it goes.
        public var timeToLive: UInt32
        /// Who it is, and where; nil if the answer did not tell.
        public var record: Record?
    }

    /// What the TXT records of an instance say.
    public struct Record: Equatable, Sendable {
        /// The peer that all of its addresses name.
        public var peer: PeerID
        /// Its addresses, without `/p2p`; at least one.
        public var addresses: [Multiaddr]
    }

    /// The most instances that are read of a datagram.
    public static let maximumInstances = 64
    /// The most addresses that are read of an instance.
    public static let maximumAddresses = 32
    /// The longest string in a TXT record, in bytes (RFC 1035, section 3.3).
    static let maximumString = 255
    /// What an address begins with in a TXT record. py-libp2p numbers all but the first: `dnsaddr2=`.
    static let key = Array("dnsaddr".utf8)

    /// Whether it answers; if not, it asks.
    public var isResponse = false
    /// Whether it asks for all instances.
    public var asksForService = false
    /// Whether it asks which services there are.
    public var asksForServices = false
    /// Other names that are asked about: instances and hosts.
    public var asksAbout: [DNSName] = []
    /// The instances in it: those that an answer tells of, or those that an asker knows already.
    public var instances: [Instance] = []

    /// Reads a datagram.
    ///
    /// - Throws: ``DNSError``. Records that are none of libp2p's, or make no sense, are passed over.
    public init(decoding bytes: [UInt8]) throws(DNSError) {
        let message = try DNSMessage(decoding: bytes)
        isResponse = message.flags & 0x8000 != 0
        // Other kinds of query than the standard one, and answers that tell an error (RFC 6762, section 18.3 and 18.11).
        guard message.flags & 0x780f == 0 else { return }
        if isResponse {
            readInstances(message.answers + message.additionals, of: bytes)
        } else {
            for question in message.questions where question.recordClass & ~MDNSService.topBit == MDNSService.classIN {
                ask(question)
            }
            readInstances(message.answers, of: bytes)
        }
    }

    private mutating func ask(_ question: DNSMessage.Question) {
        let isPointer = question.type == MDNSService.typePTR || question.type == MDNSService.typeAny
        if question.name == MDNSService.name, isPointer {
            asksForService = true
        } else if question.name == MDNSService.meta, isPointer {
            asksForServices = true
        } else {
            asksAbout.append(question.name)
        }
    }

    private mutating func readInstances(_ records: [DNSMessage.Record], of message: [UInt8]) {
        var texts: [(name: DNSName, timeToLive: UInt32, record: Record?)] = []
        for record in records where record.recordClass & ~MDNSService.topBit == MDNSService.classIN {
            if record.type == MDNSService.typePTR, record.name == MDNSService.name {
                var offset = record.dataOffset
                guard let target = try? DNSName(decoding: message, at: &offset), MDNSService.isInstance(target),
                    instances.count < Self.maximumInstances, !instances.contains(where: { $0.name == target })
                else { continue }
                instances.append(Instance(name: target, timeToLive: record.timeToLive))
            } else if record.type == MDNSService.typeTXT, MDNSService.isInstance(record.name),
                texts.count < Self.maximumInstances
            {
                let found = Self.record(record.data)
                if let index = texts.firstIndex(where: { $0.name == record.name }) {
                    texts[index].record = Self.merged(texts[index].record, found)
                } else {
                    texts.append((record.name, record.timeToLive, found))
                }
            }
        }
        for text in texts {
            if let index = instances.firstIndex(where: { $0.name == text.name }) {
                instances[index].record = text.record
                instances[index].timeToLive = min(instances[index].timeToLive, text.timeToLive)
            } else if isResponse, instances.count < Self.maximumInstances {
                // The answer to a question about this one instance.
                instances.append(Instance(name: text.name, timeToLive: text.timeToLive, record: text.record))
            }
        }
    }

    /// Several TXT records of one instance are one.
    private static func merged(_ one: Record?, _ other: Record?) -> Record? {
        guard var result = one else { return other }
        guard let other, other.peer == result.peer else { return result }
        for address in other.addresses where !result.addresses.contains(address) {
            guard result.addresses.count < maximumAddresses else { break }
            result.addresses.append(address)
        }
        return result
    }

    /// The addresses in a TXT record's strings. The first that names a peer says whose they all are.
    private static func record(_ data: [UInt8]) -> Record? {
        var result: Record?
        var rest = data[...]
        while let length = rest.popFirst() {
            let string = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
            guard let text = value(string), let address = try? Multiaddr(text), let peer = address.peerID,
                let bare = address.withoutPeerID()
            else { continue }
            if result == nil { result = Record(peer: peer, addresses: []) }
            guard result?.peer == peer, result?.addresses.contains(bare) == false,
                (result?.addresses.count ?? 0) < maximumAddresses
            else { continue }
            result?.addresses.append(bare)
        }
        return result?.addresses.isEmpty == false ? result : nil
    }

    /// What stands behind `dnsaddr=`; nil if something else does.
    private static func value(_ string: ArraySlice<UInt8>) -> String? {
        guard let equals = string.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = string[..<equals]
        // Keys have no case (RFC 6763, section 6.4).
        guard name.prefix(key.count).map({ 0x41...0x5a ~= $0 ? $0 + 0x20 : $0 }) == key,
            name.dropFirst(key.count).allSatisfy({ 0x30...0x39 ~= $0 })
        else { return nil }
        return String(validating: string[(equals + 1)...], as: UTF8.self)
    }
}
