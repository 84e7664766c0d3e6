/// IPv4 addresses as text: four decimal numbers without leading zeros (which some readers take for octal).
public enum IPv4Text {
    /// The text of four bytes.
    public static func format(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0) }.joined(separator: ".")
    }

    /// The four bytes of `text`; nil if it is no address.
    public static func parse(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.prefix(16).count <= 15 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part),
                part.utf8.count == 1 || part.utf8.first != 0x30
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

/// IPv6 addresses as text: read as RFC 4291 section 2.2 has it, written as RFC 5952 recommends. Without a zone.
public enum IPv6Text {
    /// The longest text: eight groups, the last two of them as an IPv4 address.
    private static let maximumTextCount = 45

    /// The text of sixteen bytes: lower case, the longest run of two or more zero groups as `::`, an IPv4-mapped
    /// address with its dotted quad.
    public static func format(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) {
            return "::ffff:" + IPv4Text.format(bytes.suffix(4))
        }
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let texts = groups.map { String($0, radix: 16) }
        let run = longestZeroRun(groups)
        guard run.count >= 2 else { return texts.joined(separator: ":") }
        return texts[..<run.lowerBound].joined(separator: ":") + "::" + texts[run.upperBound...].joined(separator: ":")
    }

    /// The sixteen bytes of `text`; nil if it is no address.
    public static func parse(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.prefix(maximumTextCount + 1).count <= maximumTextCount else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // Two colons in a row leave an empty part; at either end, one more.
        var head: [UInt8] = []
        var tail: [UInt8] = []
        var isCompressed = false
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part.isEmpty {
                let isOuter = index == 0 || isLast
                if isOuter {
                    // A colon alone at the end is no part of `::`.
                    let neighbour = index == 0 ? parts.dropFirst().first : parts.dropLast().last
                    guard parts.count >= 3, neighbour?.isEmpty == true else { return nil }
                    continue
                }
                guard !isCompressed else { return nil }
                isCompressed = true
                continue
            }
            let isDotted = isLast && part.utf8.contains(0x2e)
            guard let bytes = isDotted ? IPv4Text.parse(part) : group(part) else { return nil }
            if isCompressed { tail += bytes } else { head += bytes }
        }
        let missing = 16 - head.count - tail.count
        guard isCompressed ? missing >= 2 : missing == 0 else { return nil }
        return head + [UInt8](repeating: 0, count: missing) + tail
    }

    /// One to four hexadecimal digits, as two bytes.
    private static func group(_ text: some StringProtocol) -> [UInt8]? {
        guard (1...4).contains(text.utf8.count), text.utf8.first != 0x2b, text.utf8.first != 0x2d,
            let value = UInt16(text, radix: 16)
        else { return nil }
        return [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    /// The longest run of zeros, the first of equals.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}
