import Identity
import Ledger
import Wire

extension MembershipChange {
    /// The kinds of entries.
    enum Kind {
        static let create: EntryKind = "create"
        static let join: EntryKind = "join"
        static let update: EntryKind = "update"
        static let role: EntryKind = "role"
        static let kick: EntryKind = "kick"
        static let leave: EntryKind = "leave"
        static let rekey: EntryKind = "rekey"
    }

    /// The longest reason of a removal, in bytes.
    public static let maximumReasonByteCount = 256
    private static let nonceByteCount = GroupID.nonceByteCount
    private static let limits = CBORLimits(depth: 4, items: 64)

    var kind: EntryKind {
        switch self {
        case .create: Kind.create
        case .join: Kind.join
        case .update: Kind.update
        case .role: Kind.role
        case .kick: Kind.kick
        case .leave: Kind.leave
        case .rekey: Kind.rekey
        }
    }

    /// The body of the entry.
    var body: [UInt8] {
        var entries: [CBOR.Entry] = []
        func put(_ key: String, _ value: CBOR?) {
            if let value { entries.append(CBOR.Entry(key: .text(key), value: value)) }
        }
        switch self {
        case .create(let nonce, let visibility, let profile, let check):
            put("nonce", .bytes(nonce))
            put("visibility", .text(visibility.rawValue))
            put("name", .text(profile.name))
            if !profile.description.isEmpty { put("description", .text(profile.description)) }
            put("check", check.map(CBOR.bytes))
        case .join(let invite):
            put("invite", .bytes(invite.encoded))
        case .update(let name, let description):
            put("name", name.map(CBOR.text))
            put("description", description.map(CBOR.text))
        case .role(let peer, let role):
            put("peer", .bytes(peer.bytes))
            put("role", .text(role.rawValue))
        case .kick(let peer, let reason, let keys):
            put("peer", .bytes(peer.bytes))
            put("reason", reason.map(CBOR.text))
            put("epoch", keys?.item)
        case .leave: break
        case .rekey(let keys): put("epoch", keys.item)
        }
        return CBOR.map(entries).encoded()
    }

    /// What an entry changes; nil for one of another kind, or whose body is not as it should be.
    init?(_ entry: Entry) {
        guard let map = try? CBOR(decoding: entry.body, limits: Self.limits), map.mapValue != nil else { return nil }
        switch entry.kind {
        case Kind.create:
            guard let nonce = map["nonce"]?.bytesValue, nonce.count == Self.nonceByteCount,
                let visibility = map["visibility"]?.textValue.flatMap(Visibility.init(rawValue:)),
                let name = map["name"]?.textValue,
                let profile = GroupProfile(name: name, description: map["description"]?.textValue ?? "")
            else { return nil }
            let check = map["check"]?.bytesValue
            guard visibility == .private ? check?.count == EpochKeys.checkByteCount : check == nil else { return nil }
            self = .create(nonce: nonce, visibility: visibility, profile: profile, check: check)
        case Kind.join:
            guard let bytes = map["invite"]?.bytesValue, let invite = try? Invite(decoding: bytes) else { return nil }
            self = .join(invite)
        case Kind.update:
            let (name, description) = (map["name"]?.textValue, map["description"]?.textValue)
            guard name != nil || description != nil, name.map(GroupProfile.isName) ?? true,
                description.map(GroupProfile.isDescription) ?? true
            else { return nil }
            self = .update(name: name, description: description)
        case Kind.role:
            guard let peer = Self.peer(map["peer"]), let role = map["role"]?.textValue.flatMap(Role.init(rawValue:))
            else { return nil }
            self = .role(peer, role)
        case Kind.kick:
            guard let peer = Self.peer(map["peer"]) else { return nil }
            let reason = map["reason"]?.textValue
            guard (reason?.utf8.count ?? 0) <= Self.maximumReasonByteCount else { return nil }
            let keys = map["epoch"].map(EpochKeys.init)
            if let keys, keys == nil { return nil }
            self = .kick(peer, reason: reason, keys ?? nil)
        case Kind.leave:
            self = .leave
        case Kind.rekey:
            guard let item = map["epoch"], let keys = EpochKeys(item) else { return nil }
            self = .rekey(keys)
        default:
            return nil
        }
    }

    private static func peer(_ item: CBOR?) -> PeerID? {
        item?.bytesValue.flatMap { try? PeerID(bytes: $0) }
    }
}
