/// Bytes in the order of their arrival, in the pieces they came in.
struct ByteQueue {
    private var pieces: [[UInt8]] = []
    /// The first piece that is not used up, and how much of it is.
    private var head = 0
    private var offset = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        pieces.append(bytes)
        count += bytes.count
    }

    /// Moves as much as fits into the buffer, and returns how much that was.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var moved = 0
        while moved < buffer.count && head < pieces.count {
            let piece = pieces[head]
            let amount = min(piece.count - offset, buffer.count - moved)
            piece.withUnsafeBytes { bytes in
                let source = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + amount])
                UnsafeMutableRawBufferPointer(rebasing: buffer[moved..<moved + amount]).copyMemory(from: source)
            }
            moved += amount
            offset += amount
            if offset == piece.count {
                pieces[head] = []
                head += 1
                offset = 0
            }
        }
        count -= moved
        if head == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 && head * 2 >= pieces.count {
            pieces.removeFirst(head)
            head = 0
        }
        return moved
    }

    mutating func removeAll() {
        self = ByteQueue()
    }
}
