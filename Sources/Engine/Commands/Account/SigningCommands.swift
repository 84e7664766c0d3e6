import Crypto
import Identity
import Multiformats
import Reactor

/// The commands that use an account's keys in the open: its addresses, and what it signs.
extension Command {
    static let accountAddresses = Command(
        spec: CommandSpec(
            "account.addresses", "List the ids derived from the words by index: peer id, group id and EVM address.",
            arguments: [AccountArguments.index.or(.integer(0)), AccountArguments.count.or(.integer(1))],
            item: [
                AccountFields.index.required, Fields.peer.required, AccountFields.group.required,
                AccountFields.evm.required,
            ], answer: [Fields.count.required], errors: [.accountNoMnemonic, .limitReached],
            example: #"{"cmd":"account.addresses","count":5}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountAddresses(call) })

    static let accountSign = Command(
        spec: CommandSpec(
            "account.sign", "Sign a text with this account, so that anybody can verify who wrote it.",
            arguments: [
                AccountArguments.text.spec, AccountArguments.data.spec,
                AccountArguments.scheme.or(.string(SignatureScheme.ed25519.rawValue)),
                AccountArguments.index.or(.integer(0)),
            ], alternatives: [.exactlyOne("text", "data_b64")],
            answer: [
                AccountFields.scheme.required, Fields.peer, AccountFields.evm, AccountFields.signature,
                AccountFields.evmSignature,
            ],
            answerAlternatives: [.exactlyOne("signature_b64", "signature"), .exactlyOne("peer", "evm")],
            errors: [.accountNoMnemonic, .limitReached], example: #"{"cmd":"account.sign","text":"I am alice"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountSign(call) })

    static let accountVerifySignature = Command(
        spec: CommandSpec(
            "account.verify_signature",
            "Verify a signature over a text. The command fails if it is wrong.",
            arguments: [
                AccountArguments.text.spec, AccountArguments.data.spec, AccountArguments.signature.spec,
                AccountArguments.evmSignature.spec, AccountArguments.peer.spec, AccountArguments.evm.spec,
            ],
            alternatives: [
                .exactlyOne("text", "data_b64"), .exactlyOne("signature_b64", "signature"), .atMostOne("peer", "evm"),
            ],
            answer: [AccountFields.scheme.required, Fields.peer, Fields.alias, AccountFields.evm],
            answerAlternatives: [.exactlyOne("peer", "evm"), .atMostOne("alias", "evm")],
            errors: [.signatureInvalid, .targetUnknown, .targetAmbiguous],
            example:
                #"{"cmd":"account.verify_signature","text":"I am alice","signature_b64":"gBcVdG7mDVM6fyFnBOgGfiDwcZaO8"#
                + #"bUg4bFbVsyeQEI4LSUgwQOr6TJWJOPlDh5gH0mzjBhWnNcyAe+oJYzuAA==","peer":"bob"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.accountVerifySignature(call) })
}

extension Engine {
    func accountAddresses(_ call: Invocation) async throws(CommandFailure) {
        let first = try call.value(AccountArguments.index)
        let count = min(try call.value(AccountArguments.count), Int64(Int32.max) - first + 1)
        for index in first..<first + count {
            let keys = try await account.keys(at: UInt32(truncatingIfNeeded: index))
            await call.room()
            call.item { line in
                line.integer(AccountFields.index, index)
                line.peer(Fields.peer, keys.peerID)
                line.peer(AccountFields.group, keys.groupID)
                line.string(AccountFields.evm, keys.evmAddress.description)
            }
        }
        call.ok { $0.integer(Fields.count, count) }
    }

    func accountSign(_ call: Invocation) async throws(CommandFailure) {
        let message = try Self.message(call)
        let index = UInt32(truncatingIfNeeded: try call.value(AccountArguments.index))
        switch SignatureScheme(rawValue: try call.value(AccountArguments.scheme)) ?? .ed25519 {
        case .ed25519:
            // Index 0 is the peer itself, which a single key can be, too.
            let peer = index == 0 ? account.secrets?.identity : try await account.keys(at: index).peer
            guard let peer else { throw .locked }
            call.ok { line in
                line.string(AccountFields.scheme, SignatureScheme.ed25519.rawValue)
                line.peer(Fields.peer, peer.peerID)
                line.string(AccountFields.signature, Base64.encode(peer.sign(message)))
            }
        case .eip191:
            let keys = try await account.keys(at: index)
            call.ok { line in
                line.string(AccountFields.scheme, SignatureScheme.eip191.rawValue)
                line.string(AccountFields.evm, keys.evmAddress.description)
                line.string(AccountFields.evmSignature, keys.evmKey.sign(message).ethereumText)
            }
        }
    }

    func accountVerifySignature(_ call: Invocation) throws(CommandFailure) {
        let message = try Self.message(call)
        if let signature = call.optional(AccountArguments.signature) {
            let field = AccountArguments.peer.spec.name
            guard let name = call.optional(AccountArguments.peer) else {
                throw CommandFailure(.argumentMissing, "'peer' is required: the expected signer", field: field)
            }
            let peer = try resolver.resolve(name, field: field)
            guard let key = peer.publicKey else {
                throw CommandFailure(.argumentInvalid, "\(peer) does not hold its key: it is a hash", field: field)
            }
            guard key.isValid(signature: signature, for: message) else {
                throw CommandFailure(.signatureInvalid, "this is no signature of \(peer) over this text")
            }
            call.ok { line in
                line.string(AccountFields.scheme, SignatureScheme.ed25519.rawValue)
                line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
            }
        } else {
            let text = try call.value(AccountArguments.evmSignature)
            guard call.optional(AccountArguments.peer) == nil else {
                throw CommandFailure(
                    .argumentInvalid, "'signature' is an EVM key's: name it with 'evm'",
                    field: AccountArguments.peer.spec.name)
            }
            guard let signature = RecoverableSignature(ethereumText: text) else {
                throw CommandFailure(
                    .argumentInvalid, "'signature' must be 65 bytes in hexadecimal: r, s, and 1b or 1c",
                    field: AccountArguments.evmSignature.spec.name)
            }
            let claimed = try claimedAddress(call)
            guard let address = EVMAddress(signing: message, as: signature), claimed ?? address == address else {
                throw CommandFailure(
                    .signatureInvalid,
                    "this is no signature of \(claimed.map { "\($0)" } ?? "anybody") over this text")
            }
            call.ok { line in
                line.string(AccountFields.scheme, SignatureScheme.eip191.rawValue)
                line.string(AccountFields.evm, address.description)
            }
        }
    }

    private func claimedAddress(_ call: Invocation) throws(CommandFailure) -> EVMAddress? {
        guard let text = call.optional(AccountArguments.evm) else { return nil }
        do throws(EVMAddressError) {
            return try EVMAddress(text)
        } catch {
            throw CommandFailure(.argumentInvalid, "'evm': \(error)", field: AccountArguments.evm.spec.name)
        }
    }

    private static func message(_ call: Invocation) throws(CommandFailure) -> PersonalMessage {
        if let bytes = call.optional(AccountArguments.data) { return PersonalMessage(bytes) }
        return PersonalMessage(Array(try call.value(AccountArguments.text).utf8))
    }
}

extension RecoverableSignature {
    /// The 65 bytes in hexadecimal behind `0x`, as wallets show them.
    var ethereumText: String {
        let digits = Array("0123456789abcdef".utf8)
        return "0x"
            + String(decoding: ethereumBytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads the same, with or without `0x`; nil if it is none.
    init?(ethereumText text: String) {
        let digits = Array((text.hasPrefix("0x") ? text.dropFirst(2) : text[...]).utf8)
        guard digits.count == 2 * (Self.compactByteCount + 1) else { return nil }
        var bytes: [UInt8] = []
        for pair in stride(from: 0, to: digits.count, by: 2) {
            let nibbles = digits[pair...pair + 1].compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard let high = nibbles.first, let low = nibbles.last, nibbles.count == 2 else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: high << 4 | low))
        }
        guard let signature = try? RecoverableSignature(ethereumBytes: bytes) else { return nil }
        self = signature
    }
}
