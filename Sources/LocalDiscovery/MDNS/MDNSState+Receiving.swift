import Multiformats
import Reactor
import Time
import Wire

/// What comes in
extension MDNSState {
    /// Takes a datagram.
    ///
    /// - Throws: ``DNSError`` if it is none of DNS.
    public mutating func receive(_ bytes: [UInt8], from source: IPAddress, _ now: Instant) throws(DNSError) {
        let message = try MDNSMessage(decoding: bytes)
        guard message.isResponse else { return asks(message, bytes, from: source, now) }
        for instance in message.instances where instance.name != own.instance {
            take(instance, now)
        }
    }

    private mutating func take(_ instance: MDNSMessage.Instance, _ now: Instant) {
        let name = instance.name
        let key = name.key
        guard instance.timeToLive > 0 else {
            if known.removeValue(forKey: name) != nil { actions.append(.gone(key)) }
            return
        }
        guard let record = instance.record else {
            if known[name] == nil { resolve(name, now) }
            return
        }
        guard record.peer != own.peer else { return }
        guard known[name] != nil || known.count < configuration.maximumInstances else { return }
        let lifetime = min(Duration.seconds(instance.timeToLive), configuration.longestTimeToLive)
        known[name] = Known(lifetime: lifetime, expires: now + lifetime)
        unresolved.removeAll { $0 == name }
        refresh(lifetime, now)
        actions.append(.found(key, record, lifetime: lifetime))
    }
}

extension DNSName {
    /// One text for all spellings of a name, which differ in case alone.
    fileprivate var key: String { description.lowercased() }
}
