import Reactor
import Time

/// Tries whether groups work on an interface: sends a datagram to one, and waits for it to come back, as it does to
/// every member on this host.
@NetworkActor public enum MulticastProbe {
    /// What came of it.
    public enum Result: Equatable, Sendable {
        /// It came back.
        case works
        /// It was sent, and did not come back: something on this host filters it.
        case silent
        /// It could not be sent, or the group not be entered.
        case failed(NetworkError)
    }

    /// How long to wait.
    private nonisolated static let patience = Duration.milliseconds(500)

    /// Tries it on the port of a source. The datagram is an answer without records, which nobody heeds.
    public static func run(
        _ world: World, _ interface: NetworkInterface, _ source: LocalDiscovery.Source
    ) async -> Result {
        let id = UInt16(truncatingIfNeeded: world.random.next())
        let bytes = [UInt8(id >> 8), UInt8(id & 0xff), 0x84, 0] + [UInt8](repeating: 0, count: 8)
        let isIPv4 = interface.addresses.contains { $0.ip.isIPv4 }
        do throws(NetworkError) {
            let socket = try world.network.multicast(LocalDiscovery.group(source, isIPv4 ? .ipv4 : .ipv6))
            defer { socket.close() }
            try socket.join(interface.index)
            var came = false
            let arrival = Condition()
            socket.onReceive = { datagram in
                guard datagram.bytes == bytes, datagram.interface == interface.index else { return }
                came = true
                arrival.changed()
            }
            try socket.send(bytes, on: interface.index)
            return await arrival.wait(until: world.clock.now + patience, on: world.clock) { came } ? .works : .silent
        } catch {
            return .failed(error)
        }
    }
}
