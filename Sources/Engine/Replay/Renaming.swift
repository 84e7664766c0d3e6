import Wire

/// What the names that a run made anew are called in another run: peer and message ids, ports, numbers of events.
///
/// A name of the one stands for one name of the other, and the other way round.
struct Renaming: Equatable {
    /// What is named. Names of different kinds have nothing to do with each other.
    enum Kind: Hashable {
        /// A peer, a message: a text that no other text is by chance.
        case identifier
        case port
        case sequence
    }

    private struct Key: Hashable {
        let kind: Kind
        let name: String
    }

    private var forward: [Key: String] = [:]
    private var backward: [Key: String] = [:]

    /// Takes `new` for what was called `old`.
    ///
    /// - Returns: False if one of the two stands for something else already.
    mutating func bind(_ kind: Kind, _ old: String, _ new: String) -> Bool {
        let (there, back) = (Key(kind: kind, name: old), Key(kind: kind, name: new))
        if let known = forward[there] { return known == new }
        if let known = backward[back] { return known == old }
        forward[there] = new
        backward[back] = old
        return true
    }

    /// What a name is called now; nil if nobody has said.
    func new(_ kind: Kind, _ old: String) -> String? {
        forward[Key(kind: kind, name: old)]
    }
}

/// Texts
extension Renaming {
    /// The text with every known name in the place of the one it had.
    ///
    /// Identifiers are whole runs of letters and digits; a port is a number behind `/tcp/` or `/udp/`.
    func rewrite(_ text: String) -> String {
        guard !forward.isEmpty else { return text }
        var result = ""
        var word = ""
        var isPort = false
        func end() {
            result += new(isPort ? .port : .identifier, word) ?? word
            isPort = result.hasSuffix("/tcp") || result.hasSuffix("/udp")
            word = ""
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                word.unicodeScalars.append(scalar)
                continue
            }
            end()
            isPort = isPort && scalar == "/"
            result.unicodeScalars.append(scalar)
        }
        end()
        return result
    }

    /// The value with every known name in the place of the one it had, at any depth.
    func rewrite(_ value: JSON) -> JSON {
        switch value {
        case .string(let text): .string(rewrite(text))
        case .array(let values): .array(values.map { rewrite($0) })
        case .object(let members): .object(members.map { JSON.Member($0.name, rewrite($0.value)) })
        default: value
        }
    }
}
