/// Yamux, `/yamux/1.0.0`: many streams over one connection, each with its own flow control
/// (https://github.com/libp2p/specs/tree/master/yamux).
///
/// The module holds one type of interest, `YamuxSession`: bytes and the time go in, bytes and events come out. It
/// knows no socket, no task and no clock.
///
/// ```
/// var session = YamuxSession(role: .dialer, now: now)
/// let id = try session.open()
/// try session.write(request, to: id)
/// while session.hasOutput {
///     let count = session.transmit(into: record, now: now, events: &events)   // seal and send `count` bytes
///     if count == 0 { break }
/// }
/// try session.receive(plaintext, now: now, events: &events)                   // what the socket brought
/// for case .readable(id) in events { while let chunk = try session.read(id) { … } }
/// ```
///
/// How a payload travels, and who owns it:
///
/// 1. `receive` finds the frame's header, checks it against the stream's window before a byte of the body is taken,
///    and copies the body once, into the tail of the stream's `inbound` queue. A body may come in any number of
///    pieces.
/// 2. `read` hands the front chunk to the caller, who owns it from then on. When half of the window has been read,
///    the stream joins the control queue for a window update.
/// 3. `write` puts the caller's chunk, by reference, at the end of the stream's `outbound` queue; the stream joins
///    the data queue if its window is open.
/// 4. `transmit` takes streams from the two queues in turn and copies payload once, from the chunks into the
///    caller's buffer: many small writes become one frame.
///
/// Everything a peer can make grow has its bound beside its declaration.
public enum YamuxRole: Sendable {
    /// Dialed the connection: opens streams with odd ids.
    case dialer
    /// Was dialed: opens streams with even ids.
    case listener
}

extension YamuxSession {
    /// The protocol id by which the multiplexer is negotiated.
    public static let protocolID = "/yamux/1.0.0"
}
