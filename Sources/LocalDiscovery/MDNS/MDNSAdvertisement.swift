import Identity
import Multiformats
import Reactor
import Swarm
import Wire

/// What we tell and ask by mDNS, as datagrams.
struct MDNSAdvertisement {
    let peer: PeerID
    let instance: DNSName
    let host: DNSName

    /// Bytes of a datagram that any link carries whole, with room for the headers of IPv6.
    static let usualSize = 1400

    /// A peer under a name.
    init?(peer: PeerID, peerName: String) {
        guard let instance = MDNSService.instance(peerName), let host = MDNSService.host(peerName) else { return nil }
        self.peer = peer
        self.instance = instance
        self.host = host
    }

    /// The answer that tells where we are: a pointer to the instance; beside it its addresses, and for programs that
    /// know mDNS but not libp2p, its host.
    ///
    /// - Parameter timeToLive: in seconds; 0 says that we go.
    func answer(_ addresses: [Multiaddr], timeToLive: UInt32, listsService: Bool = false) -> [UInt8] {
        var message = DNSMessage(flags: MDNSService.response)
        func record(_ name: DNSName, _ type: UInt16, isShared: Bool = false, _ data: [UInt8]) -> DNSMessage.Record {
            let recordClass = isShared ? MDNSService.classIN : MDNSService.classIN | MDNSService.topBit
            return DNSMessage.Record(
                name: name, type: type, recordClass: recordClass, timeToLive: timeToLive, data: data)
        }
        message.answers.append(
            record(MDNSService.name, MDNSService.typePTR, isShared: true, instance.encoded))
        if listsService {
            message.answers.append(
                record(MDNSService.meta, MDNSService.typePTR, isShared: true, MDNSService.name.encoded))
        }
        message.additionals.append(record(instance, MDNSService.typeTXT, text(addresses)))
        if let port = addresses.lazy.compactMap(\.tcpPort).first {
            var service: [UInt8] = []
            service.appendBigEndian(UInt32(0))
            service.appendBigEndian(port)
            message.additionals.append(record(instance, MDNSService.typeSRV, service + host.encoded))
        }
        var hosts: [IPAddress] = []
        for ip in addresses.compactMap(\.leadingIP) where !hosts.contains(ip) { hosts.append(ip) }
        for ip in hosts {
            message.additionals.append(
                record(host, ip.isIPv4 ? MDNSService.typeA : MDNSService.typeAAAA, ip.bytes))
        }
        return message.encoded
    }

    /// The strings of the TXT record. An address that is too long for one is left out.
    private func text(_ addresses: [Multiaddr]) -> [UInt8] {
        var data: [UInt8] = []
        for address in addresses {
            let string = Array("dnsaddr=\(address.appending(peer: peer))".utf8)
            guard string.count <= MDNSMessage.maximumString else { continue }
            data.append(UInt8(string.count))
            data += string
        }
        // A record without any string has an empty one (RFC 6763, section 6.1).
        return data.isEmpty ? [0] : data
    }

    /// A question for all instances, with those that we know already, as far as a datagram of usual size goes; and for
    /// the records of some of which we know nothing but the name.
    static func question(
        known: [(name: DNSName, seconds: UInt32)], unresolved: [DNSName], asksForService: Bool = true
    ) -> [UInt8] {
        var message = DNSMessage()
        if asksForService {
            message.questions.append(
                DNSMessage.Question(
                    name: MDNSService.name, type: MDNSService.typePTR, recordClass: MDNSService.classIN))
        }
        for name in unresolved {
            message.questions.append(
                DNSMessage.Question(name: name, type: MDNSService.typeTXT, recordClass: MDNSService.classIN))
        }
        var size = message.encoded.count
        for (name, seconds) in known {
            let record = DNSMessage.Record(
                name: MDNSService.name, type: MDNSService.typePTR, recordClass: MDNSService.classIN,
                timeToLive: seconds, data: name.encoded)
            size += MDNSService.name.encoded.count + 10 + record.data.count
            guard size <= usualSize else { break }
            message.answers.append(record)
        }
        return message.encoded
    }
}

extension Multiaddr {
    /// The port of `/ip…/tcp/PORT`; nil where there is none.
    var tcpPort: UInt16? {
        guard let tcp = components.dropFirst().first, tcp.code == .tcp, tcp.value.count == 2 else { return nil }
        return tcp.value.reduce(0) { $0 << 8 | UInt16($1) }
    }
}
