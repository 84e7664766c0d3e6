import TestSupport
import Time

@testable import Yamux

/// A session with what a shell would keep around it.
final class Endpoint {
    var session: YamuxSession
    var events: [YamuxEvent] = []
    var now = Instant(nanoseconds: 1_000_000_000)

    init(_ role: YamuxRole, _ configure: (inout YamuxConfiguration) -> Void = { _ in }) {
        var configuration = YamuxConfiguration()
        configure(&configuration)
        session = YamuxSession(role: role, configuration: configuration, now: now)
    }

    /// One `transmit` into a buffer of `size` bytes.
    func transmit(_ size: Int = 65_519) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
            count = session.transmit(into: raw, now: now, events: &events)
        }
    }

    /// Everything there is to send, from buffers of `size` bytes.
    func output(_ size: Int = 65_519) -> [UInt8] {
        var bytes: [UInt8] = []
        while hasOutput {
            let part = transmit(size)
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }

    func receive(_ bytes: [UInt8]) throws(YamuxError) { try receive(bytes[...]) }

    func receive(_ bytes: ArraySlice<UInt8>) throws(YamuxError) {
        try bytes.span.withUnsafeBytes { (raw) throws(YamuxError) in
            try session.receive(raw, now: now, events: &events)
        }
    }

    func receive(_ frames: Frame...) throws(YamuxError) { try receive(frames.flatMap(\.bytes)) }

    /// The events so far, which are then forgotten.
    func takeEvents() -> [YamuxEvent] {
        defer { events.removeAll() }
        return events
    }

    /// Everything that can be read now.
    func readAll(_ id: UInt32) throws(YamuxError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try session.read(id) { bytes += chunk }
        return bytes
    }

    /// The error code of `receive`, if it throws.
    func failure(receiving frames: Frame...) -> YamuxError? {
        do throws(YamuxError) { try receive(frames.flatMap(\.bytes)) } catch { return error }
        return nil
    }

    func wait(_ duration: Duration) { now += duration }
}

/// Carries what both have to say until both are silent.
func exchange(_ left: Endpoint, _ right: Endpoint) throws(YamuxError) {
    while left.hasOutput || right.hasOutput {
        let there = left.output()
        let back = right.output()
        if there.isEmpty && back.isEmpty { return }
        try right.receive(there)
        try left.receive(back)
    }
}

/// A dialer and a listener.
func pair(_ configure: (inout YamuxConfiguration) -> Void = { _ in }) -> (Endpoint, Endpoint) {
    (Endpoint(.dialer, configure), Endpoint(.listener, configure))
}

/// A dialer and a listener with one stream between them, opened by the dialer and accepted.
func connectedPair(
    _ configure: (inout YamuxConfiguration) -> Void = { _ in }
) throws -> (Endpoint, Endpoint, UInt32) {
    let (dialer, listener) = pair(configure)
    let id = try dialer.open()
    try exchange(dialer, listener)
    try listener.accept(id)
    try exchange(dialer, listener)
    dialer.events.removeAll()
    listener.events.removeAll()
    return (dialer, listener, id)
}
