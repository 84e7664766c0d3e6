import Noise
import Reactor

/// The large buffers of a swarm. Everything runs on one thread, so that one buffer for receiving serves all
/// connections, and a buffer for sending belongs to a connection only while bytes wait in it.
@NetworkActor
final class RecordBuffers {
    /// Room for what one read takes from the socket, behind a partial record that was kept.
    static let receiveCapacity = 256 << 10 + RecordBuffers.maximumRecord
    /// Four whole records and some: what one write gives to the socket.
    static let sendCapacity = 4 * RecordBuffers.maximumRecord
    static let maximumRecord = NoiseSealer.maximumPlaintext + NoiseSealer.overhead

    /// Idle buffers kept for the next connection that sends.
    private static let maximumIdle = 8

    private var receiving: UnsafeMutableRawBufferPointer?
    private var idle: [UnsafeMutableRawBufferPointer] = []

    isolated deinit {
        receiving?.deallocate()
        for buffer in idle { buffer.deallocate() }
    }

    /// Takes the receive buffer for the time of one read; given back with ``giveBackReceive(_:)``.
    func takeReceive() -> UnsafeMutableRawBufferPointer {
        // A read within a read finds the shared buffer taken and gets one of its own.
        let buffer = receiving ?? .allocate(byteCount: Self.receiveCapacity, alignment: 64)
        receiving = nil
        return buffer
    }

    func giveBackReceive(_ buffer: UnsafeMutableRawBufferPointer) {
        receiving?.deallocate()
        receiving = buffer
    }

    func takeSend() -> UnsafeMutableRawBufferPointer {
        idle.popLast() ?? .allocate(byteCount: Self.sendCapacity, alignment: 64)
    }

    func giveBackSend(_ buffer: UnsafeMutableRawBufferPointer) {
        guard idle.count < Self.maximumIdle else { return buffer.deallocate() }
        idle.append(buffer)
    }
}
