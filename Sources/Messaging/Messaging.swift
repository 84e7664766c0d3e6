// Direct messages between peers.
//
// A message is signed by its author, kept in a durable outbox until its peer has it on disk or it expires, and shown
// once, in the order in which its author wrote it, whatever the network and the processes do in between:
//
//  - ``DirectMessaging`` is the service: it accepts, sends, receives and tells the state of messages.
//  - ``MessageID`` names a message; ``MessageBody`` is what it says; ``MessagingEvent`` is what happened to it.
//  - `Wire/` holds `/linnet/message/1.0.0` and gigi's `/direct/1.0.0`, the fallback for peers that speak only that.
//  - `Outbox/PeerQueue` decides what to send next, and `Inbox/` how much a peer may send us; both without any I/O.
