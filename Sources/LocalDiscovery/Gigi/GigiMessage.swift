import Identity
import Time
import Wire

/// A datagram of gigi-dns: a question, or one announcement.
enum GigiMessage: Equatable {
    /// Who is there?
    case question
    /// Somebody is, for so many seconds.
    case announcement(GigiAnnouncement.Received, timeToLive: UInt32)
    /// Something else.
    case other

    /// What is asked for.
    static let service: DNSName = {
        let labels = ["_gigi-dns", "_udp", "local"].map { Array($0.utf8) }
        guard let name = try? DNSName(labels: labels) else { preconditionFailure("the labels are short") }
        return name
    }()

    /// Reads a datagram. The signature is looked at, its time is not.
    init(decoding bytes: [UInt8]) throws(GigiError) {
        let message: DNSMessage
        do throws(DNSError) {
            message = try DNSMessage(decoding: bytes)
        } catch {
            throw .malformed(error)
        }
        guard message.flags & 0x8000 != 0 else {
            let asks = message.questions.contains {
                $0.name == Self.service
                    && [MDNSService.typePTR, MDNSService.typeTXT, MDNSService.typeAny].contains($0.type)
            }
            self = asks ? .question : .other
            return
        }
        let record = message.answers.first { $0.name == Self.service && $0.type == MDNSService.typeTXT }
        guard let record else {
            self = .other
            return
        }
        var text: [UInt8] = []
        var rest = record.data[...]
        while let length = rest.popFirst() {
            guard rest.count >= Int(length) else { throw .malformed(.truncated) }
            text += rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        }
        let received = try GigiAnnouncement.parse(text)
        if let proof = received.proof, received.announcement.peer.publicKey != nil,
            !proof.isValid(for: received.announcement.peer, timeToLive: record.timeToLive)
        {
            throw .invalidSignature
        }
        self = .announcement(received, timeToLive: record.timeToLive)
    }

    /// A question. Its id says which one it is.
    static func question(id: UInt16) -> [UInt8] {
        var message = DNSMessage(id: id)
        message.questions.append(
            DNSMessage.Question(name: service, type: MDNSService.typePTR, recordClass: MDNSService.classIN))
        return message.encoded
    }

    /// An announcement with its signature; nil if it is too long.
    static func announcement(
        _ announcement: GigiAnnouncement, id: UInt16, timeToLive: UInt32, at time: Timestamp, by identity: KeyPair
    ) -> [UInt8]? {
        let text = GigiSignature.sign(announcement.text, timeToLive: timeToLive, at: time, by: identity)
        guard text.utf8.count <= GigiAnnouncement.maximumText else { return nil }
        var data: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let part = rest.prefix(255)
            data.append(UInt8(part.count))
            data += part
            rest = rest.dropFirst(part.count)
        }
        var message = DNSMessage(id: id, flags: MDNSService.response)
        message.answers.append(
            DNSMessage.Record(
                name: service, type: MDNSService.typeTXT, recordClass: MDNSService.classIN, timeToLive: timeToLive,
                data: data))
        return message.encoded
    }
}
