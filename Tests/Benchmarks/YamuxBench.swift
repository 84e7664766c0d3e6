import Time
import Yamux

/// Two sessions in memory, one stream: what the multiplexer costs without sockets and without encryption.
enum YamuxBench {
    private final class Side {
        var session: YamuxSession
        var events: [YamuxEvent] = []

        init(_ role: YamuxRole) { session = YamuxSession(role: role, now: Instant(nanoseconds: 0)) }
    }

    /// Prints a line for each shape of traffic.
    static func run() throws {
        print("yamux                              MB/s    messages/s")
        try measure("64 KiB writes", message: 65_536, burst: 8, total: 4 << 30)
        try measure("64 B writes, 1024 at a time", message: 64, burst: 1024, total: 256 << 20)
        try measure("64 B writes, one at a time", message: 64, burst: 1, total: 32 << 20)
    }

    /// Sends `total` bytes in messages, `burst` of them before the other side gets its turn.
    private static func measure(_ name: String, message: Int, burst: Int, total: Int) throws {
        let sender = Side(.dialer)
        let receiver = Side(.listener)
        let record = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_519, alignment: 64)
        defer { record.deallocate() }
        let payload = [UInt8](repeating: 7, count: message)
        let id = try sender.session.open()
        var sent = 0
        var received = 0
        let time = try ContinuousClock().measure {
            while received < total {
                for _ in 0..<burst where sender.session.sendRoom(id) > 0 {
                    try sender.session.write(payload, to: id)
                    sent += message
                }
                try carry(from: sender, to: receiver, through: record)
                while let bytes = try receiver.session.read(id) { received += bytes.count }
                try carry(from: receiver, to: sender, through: record)
            }
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = Int(Double(received) / seconds / 1e6)
        let messages = Int(Double(received / message) / seconds)
        print(column(name, 30), column("\(rate)", -8), column("\(messages)", -13))
    }

    private static func carry(from: Side, to: Side, through record: UnsafeMutableRawBufferPointer) throws {
        let now = Instant(nanoseconds: 0)
        while from.session.hasOutput {
            let count = from.session.transmit(into: record, now: now, events: &from.events)
            if count == 0 { break }
            try to.session.receive(UnsafeRawBufferPointer(rebasing: record[..<count]), now: now, events: &to.events)
        }
        from.events.removeAll(keepingCapacity: true)
        to.events.removeAll(keepingCapacity: true)
    }

    /// Text padded to a width, at the left if that is negative.
    private static func column(_ text: String, _ width: Int) -> String {
        let padding = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? padding + text : text + padding
    }
}
