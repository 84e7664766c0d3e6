/// Writes JSON text, value by value in the order of the calls.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("type"); writer.string("ok")
/// writer.key("id"); writer.integer(7)
/// writer.endObject()
/// ```
///
/// Commas and colons come by themselves; that keys and values alternate and that what begins ends is the caller's
/// care. Text never brings out a raw control character, a line separator or a bidirectional override: those are
/// escaped, so that a line stays a line and a terminal shows what is there. U+0000, which the parser refuses, comes out as
/// U+FFFD.
///
/// Reuse one writer: `removeAll` keeps its memory.
public struct JSONWriter: Sendable {
    /// The text, then room: the first `count` bytes count.
    var storage: [UInt8]
    /// How many bytes have been written.
    public internal(set) var count = 0
    /// Whether a comma must come before the next key or value.
    var needsComma = false

    /// An empty text with room for `capacity` bytes.
    public init(capacity: Int = 256) {
        storage = [UInt8](repeating: 0, count: max(64, capacity))
    }

    /// The text so far, as a copy.
    public var bytes: [UInt8] {
        Array(storage[..<count])
    }

    /// The text so far, for as long as `body` runs.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // `count` never exceeds the storage.
        try storage.withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<count])))
        }
    }

    /// Begins a new text in the same memory.
    public mutating func removeAll() {
        count = 0
        needsComma = false
    }

    /// Begins an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Ends an object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Begins an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Ends an array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a member's name, which must be plain ASCII without quotation marks and backslashes.
    public mutating func key(_ name: StaticString) {
        let length = name.utf8CodeUnitCount
        reserve(length + 4)
        let comma = needsComma
        let start = count
        count = storage.withUnsafeMutableBytes { buffer in
            var position = start
            if comma {
                buffer[position] = UInt8(ascii: ",")
                position += 1
            }
            buffer[position] = UInt8(ascii: "\"")
            position += 1
            let source = UnsafeRawBufferPointer(start: name.utf8Start, count: length)
            UnsafeMutableRawBufferPointer(rebasing: buffer[position..<(position + length)]).copyMemory(from: source)
            position += length
            buffer[position] = UInt8(ascii: "\"")
            buffer[position + 1] = UInt8(ascii: ":")
            return position + 2
        }
        needsComma = false
    }

    /// Writes a member's name. (A literal is taken for the plain kind.)
    @_disfavoredOverload
    public mutating func key(_ name: String) {
        string(name)
        append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes `null`.
    public mutating func null() { literal("null") }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    /// Writes a number; `null` for what JSON has no number for (infinities, NaN).
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        append(contentsOf: value.description.utf8)
    }

    /// Writes a value that is already JSON text; it is not looked at.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        append(contentsOf: json)
    }

    /// Ends the line.
    public mutating func newline() {
        append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// Makes room for `room` more bytes.
    @inline(__always)
    mutating func reserve(_ room: Int) {
        if storage.count - count < room { grow(room) }
    }

    @inline(never)
    private mutating func grow(_ room: Int) {
        let target = max(storage.count * 2, count + room)
        var bigger = [UInt8](repeating: 0, count: target)
        bigger.withUnsafeMutableBytes { target in
            storage.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        // What is left behind may be a secret.
        storage.erase()
        storage = bigger
    }

    /// Begins a new text in the same memory, from which the old one has gone.
    public mutating func erase() {
        storage.withUnsafeMutableBytes { Erasing.erase(UnsafeMutableRawBufferPointer(rebasing: $0[..<count])) }
        removeAll()
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        storage[count] = byte
        count += 1
    }

    mutating func append(contentsOf bytes: some Collection<UInt8>) {
        let length = bytes.count
        reserve(length)
        let isCopied: Void? = bytes.withContiguousStorageIfAvailable { source in
            storage.withUnsafeMutableBytes { $0[count..<count + length].copyBytes(from: source) }
        }
        if isCopied != nil {
            count += length
            return
        }
        for byte in bytes {
            storage[count] = byte
            count += 1
        }
    }

    /// Writes the comma before a value, if there must be one, and notes that the next one needs it.
    @inline(__always)
    mutating func separate() {
        if needsComma { append(UInt8(ascii: ",")) }
        needsComma = true
    }

    @inline(__always)
    private mutating func open(_ bracket: UInt8) {
        separate()
        append(bracket)
        needsComma = false
    }

    @inline(__always)
    private mutating func close(_ bracket: UInt8) {
        append(bracket)
        needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
