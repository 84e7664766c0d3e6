/// Changing an array over several lines, so that what stays keeps its line, with the comment on it.
extension TOMLDocument {
    /// The text with other elements in an array; nil if the array stands in one line, which is better written anew.
    func replacingElements(of entry: Entry, by values: [JSON]) -> [UInt8]? {
        guard bytes[entry.valueRange].contains(0x0A), case .array(let old) = entry.value,
            let first = entry.elements.first
        else { return nil }
        let indent = bytes[start(ofLine: first.range.lowerBound)..<first.range.lowerBound]
        guard indent.allSatisfy(Self.isBlank) else { return nil }
        var edits: [Edit] = []
        var place = start(ofLine: first.range.lowerBound)
        var rest = values[...]
        for (value, element) in zip(old, entry.elements) {
            guard let index = rest.firstIndex(of: value) else {
                edits.append(Edit(range: removal(of: element, in: entry), text: []))
                continue
            }
            edits += insertion(rest[..<index], at: place, indent)
            rest = rest[(index + 1)...]
            if element.end == element.range.upperBound {
                edits.append(Edit(range: element.end..<element.end, text: [UInt8(ascii: ",")]))
            }
            place = end(ofLine: element.range.upperBound)
        }
        // What follows the last one that stays must have a line of its own.
        guard place <= entry.valueRange.upperBound else { return rest.isEmpty ? apply(edits) : nil }
        edits += insertion(rest, at: place, indent)
        return apply(edits)
    }

    /// A text in the place of another.
    private struct Edit {
        let range: Range<Int>
        let text: [UInt8]
    }

    private func insertion(_ values: ArraySlice<JSON>, at place: Int, _ indent: ArraySlice<UInt8>) -> [Edit] {
        values.map { Edit(range: place..<place, text: indent + Array("\($0.tomlText),".utf8) + newline) }
    }

    /// What goes with an element: its comma; its line and the comment on it, if it was alone there.
    private func removal(of element: (range: Range<Int>, end: Int), in entry: Entry) -> Range<Int> {
        let line = start(ofLine: element.range.lowerBound)..<end(ofLine: element.end)
        let before = bytes[line.lowerBound..<element.range.lowerBound]
        let after = bytes[element.end..<line.upperBound].drop(while: Self.isBlank)
        let isAlone =
            before.allSatisfy(Self.isBlank) && (after.first == UInt8(ascii: "#") || after.elementsEqual(newline))
        return isAlone && line.upperBound <= entry.valueRange.upperBound
            ? line : element.range.lowerBound..<element.end
    }

    /// Carries the edits out: at one place what is put in before what is taken out.
    private func apply(_ edits: [Edit]) -> [UInt8] {
        let ordered = edits.enumerated().sorted { left, right in
            let (one, other) = (left.element.range, right.element.range)
            return (one.lowerBound, one.upperBound, left.offset) < (other.lowerBound, other.upperBound, right.offset)
        }
        var result: [UInt8] = []
        var position = 0
        for (_, edit) in ordered where edit.range.lowerBound >= position {
            result += bytes[position..<edit.range.lowerBound]
            result += edit.text
            position = edit.range.upperBound
        }
        return result + bytes[position...]
    }
}
