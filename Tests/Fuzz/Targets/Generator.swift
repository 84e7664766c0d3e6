import Engine
import TestSupport
import Wire

/// Makes commands as the schema declares them, with a liking for the borders of what is allowed.
public struct Generator {
    var random: SplitMix64

    /// One seed, one sequence.
    public init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// A command that every declaration allows.
    public mutating func command() -> JSON {
        let commands = Language.standard.commands
        return command(commands[random.next(below: commands.count)])
    }

    /// A command of this kind.
    public mutating func command(_ spec: CommandSpec) -> JSON {
        var members = [JSON.Member(name: "cmd", value: .string(spec.name))]
        if isChosen(1, of: 2) { members.append(JSON.Member(name: "id", value: identifier())) }
        if isChosen(1, of: 8) { members.append(JSON.Member(name: "timeout", value: duration(1...86_400_000))) }
        if spec.takesKey, isChosen(1, of: 3) {
            members.append(JSON.Member(name: "key", value: .string("k\(random.next(below: 4))")))
        }
        var excluded: Set<String> = []
        var wanted: Set<String> = []
        for alternative in spec.alternatives {
            let free = alternative.names.filter { !excluded.contains($0) }
            let isTaken = alternative.names.contains { wanted.contains($0) }
            excluded.formUnion(alternative.names)
            guard !isTaken, !free.isEmpty, alternative.isRequired || isChosen(1, of: 2) else { continue }
            wanted.insert(free[random.next(below: free.count)])
        }
        for argument in spec.arguments {
            let isWanted = excluded.contains(argument.name) ? wanted.contains(argument.name) : isChosen(1, of: 3)
            guard argument.isRequired || isWanted else { continue }
            members.append(JSON.Member(name: argument.name, value: value(argument)))
        }
        // `cmd` need not come first.
        if isChosen(1, of: 4) { members.swapAt(0, random.next(below: members.count)) }
        return .object(members)
    }

    private mutating func value(_ field: FieldSpec) -> JSON {
        if let example = field.example, isChosen(1, of: 3), case .any = field.type { return example }
        if let example = field.example, isChosen(1, of: 3) { return example }
        return value(of: field.type)
    }

    private mutating func value(of type: FieldType) -> JSON {
        switch type {
        case .string(let bytes): .string(text(bytes))
        case .integer(let range): .integer(integer(range))
        case .number:
            isChosen(1, of: 2) ? .integer(integer(-1000...1000)) : .number(Double(random.next(below: 999)) / 7)
        case .boolean: .bool(isChosen(1, of: 2))
        case .choice(let words): .string(words[random.next(below: words.count)])
        case .duration(let range): duration(range)
        case .time: .string("2026-11-20T22:31:04.118Z")
        case .base64(let bytes): .string(base64(length(bytes)))
        case .peer: .string(pick(Self.peers))
        case .target: .string(pick(Self.peers + ["bob", "self", "#team", "x"]))
        case .multiaddr: .string(pick(Self.addresses))
        case .messageID: .string(pick(["01M7XT4QXWV0RXV04NYQMAG8TA", "00000000000000000000000000"]))
        case .list(let element, let count):
            .array((0..<min(length(count), 4)).map { _ in value(of: element) })
        case .object(let fields): .object(fields.map { JSON.Member(name: $0.name, value: value($0)) })
        case .identifier: identifier()
        case .any: any(depth: 0)
        }
    }
}

extension Generator {
    private static let peers = [
        "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq",
    ]
    private static let addresses = [
        "/ip4/10.0.0.9/tcp/4001", "/ip4/127.0.0.1/tcp/0", "/ip6/::1/tcp/65535", "/dns4/example.com/tcp/443",
        "/ip4/10.0.0.9/tcp/4001/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo", "/memory/7",
    ]

    mutating func isChosen(_ part: Int, of whole: Int) -> Bool { random.next(below: whole) < part }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[random.next(below: values.count)] }

    /// A number with a liking for the ends.
    private mutating func integer(_ range: ClosedRange<Int64>) -> Int64 {
        switch random.next(below: 4) {
        case 0: return range.lowerBound
        case 1: return range.upperBound
        default:
            let span = range.upperBound &- range.lowerBound
            guard span > 0 else { return range.lowerBound }
            return range.lowerBound + Int64(random.next() % UInt64(min(span, 1 << 20)))
        }
    }

    private mutating func length(_ range: ClosedRange<Int>) -> Int {
        // The upper end of a large range would say nothing that a small one does not, and slow all down.
        let upper = min(range.upperBound, max(range.lowerBound, 300))
        return [range.lowerBound, upper, range.lowerBound + random.next(below: upper - range.lowerBound + 1)][
            random.next(below: 3)]
    }

    private mutating func identifier() -> JSON {
        isChosen(1, of: 2) ? .integer(Int64(random.next(below: 1000))) : .string(text(1...128))
    }

    private mutating func duration(_ range: ClosedRange<Int64>) -> JSON {
        let number = integer(range)
        return isChosen(1, of: 2) ? DurationText.seconds(number) : .string("\(number)ms")
    }

    private mutating func base64(_ count: Int) -> String {
        let whole = (0..<count / 3).map { _ in "QUJD" }.joined()
        return whole + ["", "QQ==", "QUI="][count % 3]
    }

    /// Text whose UTF-8 has a length in the range, of scalars that matter somewhere.
    mutating func text(_ range: ClosedRange<Int>) -> String {
        let length = length(range)
        let scalars: [Unicode.Scalar] = [
            "a", "b", ".", " ", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{7F}", "é", "\u{85}", "\u{202E}", "\u{2028}",
            "水", "\u{FEFF}", "\u{FFFF}", "😀", "\u{301}", "é",
        ]
        var text = String.UnicodeScalarView()
        var count = 0
        while count < length {
            let scalar = isChosen(3, of: 4) ? "a" : scalars[random.next(below: scalars.count)]
            let width = UTF8.width(scalar)
            text.append(count + width <= length ? scalar : "a")
            count += count + width <= length ? width : 1
        }
        return String(text)
    }

    /// Any value.
    mutating func any(depth: Int) -> JSON {
        switch random.next(below: depth < 3 ? 8 : 6) {
        case 0: .null
        case 1: .bool(isChosen(1, of: 2))
        case 2: .integer(integer(Int64.min...Int64.max))
        case 3: .number(Double(bitPattern: random.next() & ~(1 << 62)))
        case 4, 5: .string(text(0...40))
        case 6: .array((0..<random.next(below: 4)).map { _ in any(depth: depth + 1) })
        default:
            .object((0..<random.next(below: 4)).map { JSON.Member(name: "k\($0)", value: any(depth: depth + 1)) })
        }
    }
}
