import Identity
import Wire

/// From what a user wrote to the peer that is meant.
///
/// Only names that the user gave are looked up: what strangers call themselves is never an address. A name is taken
/// whole; a beginning of one is a hint for the error, not an answer, so that no message goes to the wrong person.
struct TargetResolver {
    let contacts: ContactBook
    let localPeer: PeerID

    /// Whether a text is a peer id in any form.
    static func isPeerID(_ text: String) -> Bool {
        (try? PeerID(text)) != nil
    }

    /// The peer that is meant, which may be this engine's own.
    ///
    /// - Throws: `target.unknown` with the nearest name, `target.ambiguous` with the candidates.
    func resolve(_ text: String, field: String) throws(CommandFailure) -> PeerID {
        if Alias.fold(text) == "self" { return localPeer }
        if let peer = contacts.peer(named: text) { return peer }
        if let peer = try? PeerID(text) { return peer }
        if text.utf8.first == UInt8(ascii: "#") {
            throw CommandFailure(
                .targetUnknown, "'\(text.forMessage)' is a group, and '\(field)' asks for a peer", field: field)
        }
        let aliases = contacts.all.map(\.alias)
        let begun = aliases.filter { Alias.fold($0).dropping(prefix: Alias.fold(text)) != nil }
        if begun.count > 1 {
            let candidates = begun.prefix(16)
            throw CommandFailure(
                .targetAmbiguous,
                "'\(text.forMessage)' may be \(candidates.joined(separator: ", ")); write the whole alias",
                field: field,
                details: [Fields.candidates.detail(.array(candidates.map { .string($0) }))])
        }
        let hint = begun.first.map { "; did you mean '\($0)'?" } ?? Suggestion.hint(for: text, among: aliases)
        let help = hint.isEmpty ? "; give a peer id, or add a contact with contact.add" : hint
        throw CommandFailure(
            .targetUnknown, "'\(text.forMessage)' is no peer id and no contact's alias\(help)", field: field)
    }

    /// The peer that is meant, who must be another.
    ///
    /// - Throws: `target.self` beside what `resolve` throws.
    func resolveOther(_ text: String, field: String) throws(CommandFailure) -> PeerID {
        let peer = try resolve(text, field: field)
        guard peer != localPeer else {
            throw CommandFailure(.targetSelf, "'\(text.forMessage)' is this engine itself", field: field)
        }
        return peer
    }
}
