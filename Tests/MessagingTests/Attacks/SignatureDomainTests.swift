import Identity
import TestSupport
import Testing
import Time

@testable import Messaging

/// The envelope's side of this is in IdentityTests, the handshake's in SwarmTests.
@Suite("Signatures made for other purposes")
struct SignatureDomainTests {
    @Test("pubsub domain mix-up: what the author signed elsewhere is no signature of a message")
    func otherDomains() throws {
        let author = KeyPair.test(1)
        let content = MessageContent(
            id: MessageID(high: 1, low: 2), author: author.peerID, recipient: KeyPair.test(2).peerID,
            time: Timestamp(milliseconds: 5), body: try MessageBody(text: "hi"))
        let encoded = content.encoded()
        let domains = [
            "", "libp2p-pubsub:", "noise-libp2p-static-key:", "libp2p-tls-handshake:", "libp2p-peer-record",
            "libp2p-routing-state", "libp2p-relay-rsvp", "linnet-message", "linnet-message: ",
        ]
        for domain in domains {
            let bare = author.sign(Array(domain.utf8) + encoded)
            #expect(!content.isSigned(by: bare, over: encoded), "\(domain)")
            for type in [[], [3, 1]] as [[UInt8]] {
                let envelope = SignedEnvelope.seal(domain: domain, payloadType: type, payload: encoded, key: author)
                #expect(!content.isSigned(by: envelope.signature, over: encoded), "\(domain)")
            }
        }
        #expect(content.isSigned(by: MessageContent.sign(encoded, with: author), over: encoded))
        // Nor is a message's signature worth anything in an envelope around the same bytes.
        let signature = MessageContent.sign(encoded, with: author)
        #expect(!author.publicKey.isValid(signature: signature, for: encoded))
    }
}
