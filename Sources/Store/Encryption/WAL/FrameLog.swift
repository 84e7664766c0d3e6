/// The frames of the write-ahead log as they are now, since the log was begun anew.
struct FrameLog {
    /// The step of the database upon which the log is built.
    private(set) var base: Code
    /// What SQLite's header of this log says.
    private(set) var salts: UInt64
    private(set) var frames: [Frame]

    init(base: Code, salts: UInt64, frames: [Frame] = []) {
        self.base = base
        self.salts = salts
        self.frames = frames
    }

    /// The number of frames.
    var count: Int { frames.count }

    /// Frame `index`, which counts from 1; nil if there is none.
    func frame(_ index: Int) -> Frame? {
        index >= 1 && index <= frames.count ? frames[index - 1] : nil
    }

    /// The code that frame `index` goes on from.
    func code(before index: Int) -> Code {
        frame(index - 1)?.code ?? .zero
    }

    /// The first frame of the transaction that frame `index` would belong to.
    func transactionStart(of index: Int) -> UInt32 {
        guard let previous = frame(index - 1), !previous.isCommit else { return UInt32(index) }
        return previous.transactionStart
    }

    /// Puts `frame` at `index`; those from there on are gone. False if there would be a hole.
    mutating func put(_ frame: Frame, at index: Int) -> Bool {
        guard index >= 1, index <= frames.count + 1 else { return false }
        cut(to: index - 1)
        frames.append(frame)
        return true
    }

    /// Changes what is known of frame `index`.
    mutating func replace(_ index: Int, by frame: Frame) {
        if index >= 1, index <= frames.count { frames[index - 1] = frame }
    }

    mutating func cut(to count: Int) {
        if count < frames.count { frames.removeLast(frames.count - max(0, count)) }
    }
}

/// What a frame is linked to.
struct FrameLink {
    /// The step of the database that the log is built upon.
    let base: Code
    /// The log's salts.
    let salts: UInt64
    /// The code of the frame before; zero for the first one.
    let previous: Code
    /// The first frame of the transaction.
    let transactionStart: UInt32
}
