import CPlatform

/// The interfaces of this machine.
enum SystemInterfaces {
    /// Addresses looked at, of all interfaces together.
    private static let maximumAddresses = 256

    /// Those that are up, by index.
    ///
    /// - Throws: What the system says.
    static func all() throws(NetworkError) -> [NetworkInterface] {
        var raw = [platform_interface](repeating: platform_interface(), count: maximumAddresses)
        let count = raw.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { platform_interfaces($0, Int32(buffer.count)) } ?? 0
        }
        guard count >= 0 else { throw NetworkError(errno: -count) }
        let entries = raw.prefix(Int(max(0, count)))
        return Set(entries.map(\.index)).sorted().compactMap { index in
            let own = entries.filter { $0.index == index }
            guard let first = own.first else { return nil }
            return NetworkInterface(
                index: index, name: name(of: first), addresses: own.compactMap(address),
                isLoopback: first.loopback, carriesMulticast: first.multicast || first.loopback)
        }
    }

    private static func name(of entry: platform_interface) -> String {
        withUnsafeBytes(of: entry.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static func address(of entry: platform_interface) -> NetworkInterface.Address? {
        IPAddress(entry.address).map { NetworkInterface.Address($0, prefixLength: Int(entry.prefix)) }
    }
}
