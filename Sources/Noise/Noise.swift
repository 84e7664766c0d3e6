/// The secure channel: `/noise`, the handshake `Noise_XX_25519_ChaChaPoly_SHA256` of libp2p and its records.
///
/// Both sides prove in three messages that they hold the key behind their peer id; afterwards every record is sealed
/// with a key of its direction. Handshake messages and records alike are framed by two bytes of length, big endian.
///
/// - ``NoiseHandshake`` takes bytes as they come and says what to send until it is finished.
/// - ``NoiseResult`` names the peer and holds the ``NoiseSealer`` and the ``NoiseOpener`` of the connection, which
///   work in place on the caller's buffers.
/// - ``NoiseStaticKey`` is made once per process, so that a handshake costs one key generation, three Diffie-Hellman
///   operations and one signature check.
///
/// None of this does I/O or draws random numbers: the ephemeral key is a parameter.
///
/// Sources: the Noise specification, revision 34; the noise specification of libp2p.
public enum Noise {
    /// The protocol id under which the handshake is negotiated.
    public static let protocolID = "/noise"

    /// The name that begins the handshake hash. It has exactly 32 bytes and is therefore not hashed.
    static let name = "Noise_XX_25519_ChaChaPoly_SHA256"

    /// The most bytes of a handshake message. An identity of RSA-8192 needs about 2.2 KiB; Noise itself would allow
    /// 65,535 bytes, which nobody needs before it is known who is there.
    public static let maximumHandshakeMessage = 4096

    /// The most bytes of a Noise message, its tag included (Noise specification, section 3).
    static let maximumMessage = 65_535

    /// Bytes of the length before every message.
    static let lengthPrefix = 2

    /// Bytes of the authentication tag behind every encrypted message.
    static let tag = 16

    /// Bytes of an X25519 public key.
    static let keyLength = 32
}

/// Which side of the handshake: the initiator speaks first and is the one that dialed.
public enum NoiseRole: Sendable {
    /// The side that dialed.
    case initiator
    /// The side that was dialed.
    case responder
}
