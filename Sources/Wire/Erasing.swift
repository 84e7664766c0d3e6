/// Overwriting what a secret has passed through on its way: lines as they come in and go out, and what is read out of
/// them. Secrets that stay live in guarded memory, which erases itself.
///
/// Everything here changes memory that others may share, on purpose: whoever still holds a copy holds zeros afterwards.
/// It is for values that were made from input while the program runs, never for literals.
enum Erasing {
    /// Writes zeros. Not inlined, so that the compiler cannot see that nobody reads them.
    @inline(never)
    static func erase(_ bytes: UnsafeMutableRawBufferPointer) {
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    fileprivate static func erase(shared bytes: UnsafeRawBufferPointer) {
        erase(UnsafeMutableRawBufferPointer(mutating: bytes))
    }
}

extension [UInt8] {
    /// Overwrites the bytes, in every copy of this array that was not changed since.
    public func erase() {
        withUnsafeBytes { Erasing.erase(shared: $0) }
    }
}

extension String {
    /// Overwrites the text where it lies, in every copy of this string. Up to 15 bytes lie in the string itself: those
    /// go when what held the string is overwritten.
    func erase() {
        guard utf8.count > 15 else { return }
        utf8.withContiguousStorageIfAvailable { Erasing.erase(shared: UnsafeRawBufferPointer($0)) }
    }
}

extension JSON {
    /// Overwrites every text in a value that was read, in every copy of it.
    public func erase() {
        switch self {
        case .string(let text): text.erase()
        case .array(let values):
            for value in values { value.erase() }
            values.replaceAll(by: .null)
        case .object(let members): members.erase { _ in true }
        case .null, .bool, .integer, .number: break
        }
    }
}

extension [JSON.Member] {
    /// Overwrites the values of some members of an object that was read, in every copy of it: they are `null` then.
    public func erase(where isSecret: (String) -> Bool) {
        withUnsafeBufferPointer { members in
            let members = UnsafeMutableBufferPointer(mutating: members)
            for index in members.indices where isSecret(members[index].name) {
                members[index].value.erase()
                members[index] = JSON.Member(name: members[index].name, value: .null)
            }
        }
    }
}

extension [JSON] {
    fileprivate func replaceAll(by value: JSON) {
        withUnsafeBufferPointer { values in
            let values = UnsafeMutableBufferPointer(mutating: values)
            for index in values.indices { values[index] = value }
        }
    }
}
