/// Bytes in the order in which they came, held as the chunks in which they came.
///
/// Chunks go in and come out by reference. Small ones are gathered in a tail that grows with what is queued, so that
/// a flood of one-byte frames or writes costs neither an allocation nor an array header each: memory stays within
/// about twice the queued bytes. The owner bounds `count`, by a window or by a queue limit.
struct ChunkQueue {
    /// A chunk below this size is gathered rather than queued by itself.
    private static let smallChunk = 512
    /// Least and greatest room set aside for what may follow a small chunk.
    private static let leastReserve = 256
    private static let greatestReserve = 16_384

    private var chunks: ContiguousArray<[UInt8]> = []
    /// Index of the front chunk; those before it are empty.
    private var head = 0
    /// Bytes of the front chunk that are gone.
    private var offset = 0
    /// True when the last chunk was made here, so that bytes can be added in place.
    private var tailIsOwned = false
    /// Bytes queued.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds a chunk, by reference unless it is small and others wait before it.
    mutating func append(_ chunk: [UInt8]) {
        if chunk.count < Self.smallChunk && count > 0 {
            chunk.withUnsafeBytes { append(copying: $0, following: 0) }
        } else if !chunk.isEmpty {
            chunks.append(chunk)
            count += chunk.count
            tailIsOwned = false
        }
    }

    /// Adds a copy of `bytes`, of which `following` more are announced (at most four times what has come is reserved
    /// on the strength of that).
    mutating func append(copying bytes: UnsafeRawBufferPointer, following: Int) {
        var rest = bytes
        if tailIsOwned {
            let last = chunks.count - 1
            let spare = chunks[last].capacity - chunks[last].count
            if spare >= min(rest.count, Self.smallChunk) {
                let fitting = min(spare, rest.count)
                chunks[last].append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<fitting]))
                rest = UnsafeRawBufferPointer(rebasing: rest[fitting...])
                count += fitting
            }
        }
        guard !rest.isEmpty else { return }
        let announced = min(rest.count + following, 4 * rest.count)
        let capacity = max(announced, min(count, Self.greatestReserve), Self.leastReserve)
        chunks.append(
            [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: rest)
                initialized = rest.count
            })
        tailIsOwned = true
        count += rest.count
    }

    /// Takes the front chunk, or a copy of its first `limit` bytes if it is longer; `nil` when nothing is queued.
    mutating func popFirst(limit: Int) -> [UInt8]? {
        guard count > 0, limit > 0 else { return nil }
        let rest = chunks[head].count - offset
        if rest > limit {
            let part = Array(chunks[head][offset..<offset + limit])
            offset += limit
            count -= limit
            return part
        }
        let part = offset == 0 ? chunks[head] : Array(chunks[head][offset...])
        dropFront()
        count -= part.count
        return part
    }

    /// Moves the first `length` bytes, which are there, into `destination`, which has room for them.
    mutating func moveFirst(_ length: Int, into destination: UnsafeMutableRawBufferPointer) {
        var filled = 0
        while filled < length && head < chunks.count {
            let size = chunks[head].count
            let part = min(size - offset, length - filled)
            chunks[head].withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: destination[filled..<filled + part])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + part]))
            }
            filled += part
            if offset + part == size { dropFront() } else { offset += part }
        }
        assert(filled == length, "fewer bytes queued than asked for")
        count -= filled
    }

    mutating func removeAll() { self = ChunkQueue() }

    private mutating func dropFront() {
        offset = 0
        if head + 1 == chunks.count {
            if head == 0 { chunks.removeLast() } else { chunks.removeAll(keepingCapacity: true) }
            head = 0
            tailIsOwned = false
            return
        }
        chunks[head] = []
        head += 1
        if head >= 64 && head * 2 >= chunks.count {
            chunks.removeSubrange(..<head)
            head = 0
        }
    }
}
