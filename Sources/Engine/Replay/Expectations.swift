import Wire

/// The lines that a record says should come, and those that have come.
///
/// Lines are sorted by what they are: an answer to this command with that id, an event of this name. Within a kind the
/// first line that fits is taken; between kinds any order will do, as what runs side by side may end in any order.
struct Expectations {
    /// How many lines of a kind are looked at for one that fits: the work for each line is bounded.
    private static let window = 64

    private struct Key: Hashable {
        let client: Int
        let type: String
        let command: String?
        let id: JSON?
    }

    private struct Expected {
        let entry: Record.Entry
        /// Its place among the record's entries.
        let index: Int
        let line: JSON
        let kind: Int
        /// Its place among the lines of its kind, from 1.
        let ordinal: Int
        var isMatched = false
    }

    private struct Got {
        /// The line of the record that was carried out last.
        let number: Int
        let line: JSON
    }

    private struct Kind {
        let client: Int
        /// Places in `expected`.
        var lines: [Int] = []
        /// Before this one all are matched.
        var head = 0
        /// How many have come.
        var taken = 0
        /// Those of them that fit none.
        var odd: [Got] = []
    }

    private var expected: [Expected] = []
    private var kinds: [Kind] = []
    private var kindOfKey: [Key: Int] = [:]
    /// Before this one all have come, in one form or another, or are not waited for any more.
    private var firstDue = 0
    /// Nothing before this entry is waited for any more.
    private var givenUp = 0

    private var comparison: LineComparison
    private let incidental: Set<String>
    /// Errors about these lines of input, by client, need not read the same: what they speak of was not kept.
    private var withheld: Set<[Int]> = []
    /// Lines that were as they should be.
    private(set) var matched = 0

    /// What a record expects.
    init(_ record: Record, _ language: Language = .standard) {
        comparison = LineComparison(
            language: language, isSameVersion: record.header.version == LinnetVersion.current)
        incidental = Set(language.events.filter(\.isIncidental).map(\.name) + [LineShape.Kind.progress.rawValue])
        for (index, entry) in record.entries.enumerated() {
            switch entry.content {
            case .withheld(_, let line): withheld.insert([entry.client, line])
            case .output(let bytes):
                guard let line = try? JSON(parsing: bytes, limits: .output), isCompared(line) else { continue }
                let kind = kind(of: line, entry.client)
                kinds[kind].lines.append(expected.count)
                expected.append(
                    Expected(entry: entry, index: index, line: line, kind: kind, ordinal: kinds[kind].lines.count))
            default: break
            }
        }
    }

    /// What is called otherwise in this run.
    var names: Renaming { comparison.names }

    private func isCompared(_ line: JSON) -> Bool {
        line["type"]?.stringValue.map { !incidental.contains($0) } ?? false
    }

    private mutating func kind(of line: JSON, _ client: Int) -> Int {
        let type = line["type"]?.stringValue ?? ""
        let isAnswer = type == "ok" || type == "error"
        let command = line["cmd"]?.stringValue
        // What answers no command is told apart by the line that it answers.
        let id = line["id"] ?? (isAnswer && command == nil ? line["line"] : nil)
        let key = Key(client: client, type: isAnswer ? "answer" : type, command: command, id: id)
        if let kind = kindOfKey[key] { return kind }
        kindOfKey[key] = kinds.count
        kinds.append(Kind(client: client))
        return kinds.count - 1
    }
}

/// As lines come
extension Expectations {
    /// Takes a line that the engine has written.
    ///
    /// - Parameter number: The line of the record that was carried out last.
    mutating func take(_ line: JSON, client: Int, after number: Int) {
        guard isCompared(line) else { return }
        let kind = kind(of: line, client)
        kinds[kind].taken += 1
        var looked = 0
        var place = kinds[kind].head
        while place < kinds[kind].lines.count, looked < Self.window {
            let candidate = kinds[kind].lines[place]
            place += 1
            if expected[candidate].isMatched { continue }
            looked += 1
            guard differences(expected[candidate].line, line, client).isEmpty else { continue }
            expected[candidate].isMatched = true
            matched += 1
            while kinds[kind].head < kinds[kind].lines.count, expected[kinds[kind].lines[kinds[kind].head]].isMatched {
                kinds[kind].head += 1
            }
            return
        }
        kinds[kind].odd.append(Got(number: number, line: line))
    }

    private mutating func differences(_ expected: JSON, _ got: JSON, _ client: Int) -> [String] {
        let number = expected["line"]?.integerValue.flatMap { Int(exactly: $0) }
        let isWithheld = number.map { withheld.contains([client, $0]) } ?? false
        return comparison.differences(expected, got, ignoring: isWithheld ? [Fields.errorText.name] : [])
    }

    /// Whether something has come for each line that the record has before an entry. To be asked of later and later
    /// entries.
    mutating func isMet(before index: Int) -> Bool {
        while firstDue < expected.count, expected[firstDue].index < index {
            let line = expected[firstDue]
            guard line.index < givenUp || kinds[line.kind].taken >= line.ordinal else { return false }
            firstDue += 1
        }
        return true
    }

    /// Waits no longer for what the record has before an entry.
    mutating func giveUp(before index: Int) {
        givenUp = max(givenUp, index)
    }
}

/// In the end
extension Expectations {
    /// What is not as the record has it, in the order of the record.
    ///
    /// - Parameter isToTheEnd: Whether the record tells of the engine's end: if not, nobody knows what came behind it.
    mutating func result(isToTheEnd: Bool) -> [Difference] {
        var found: [Difference] = []
        for kind in kinds {
            let missing = kind.lines.map { expected[$0] }.filter { !$0.isMatched }
            for (line, got) in zip(missing, kind.odd) {
                found.append(
                    Difference(
                        .changed, line.entry.number, kind.client, differences(line.line, got.line, kind.client),
                        expected: line.line, got: got.line))
            }
            for line in missing.dropFirst(kind.odd.count) {
                found.append(Difference(.missing, line.entry.number, kind.client, expected: line.line))
            }
            guard isToTheEnd else { continue }
            for got in kind.odd.dropFirst(missing.count) {
                found.append(Difference(.unexpected, got.number, kind.client, got: got.line))
            }
        }
        return found.enumerated().sorted { left, right in
            (left.element.number, left.offset) < (right.element.number, right.offset)
        }.map(\.element)
    }
}
