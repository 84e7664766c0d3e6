import Noise

/// The secure channel while the muxer is negotiated over it: a few small records. What comes behind them waits here
/// until the connection takes over, and is bounded by what one negotiation needs.
struct SecureMessages {
    /// A whole record must fit; a negotiating peer has no reason to send more than a few of them ahead.
    private static let maximumWaiting = 256 << 10

    let noise: NoiseResult
    private var received: [UInt8] = []
    private var start = 0

    init(_ noise: NoiseResult) {
        self.noise = noise
    }

    /// What has not been opened.
    var rest: [UInt8] { Array(received.suffix(from: min(start, received.count))) }

    mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            received.removeFirst(min(start, received.count))
            start = 0
        }
        received += bytes
    }

    /// The plaintext of the next record, nil while it is not whole.
    mutating func open() throws(UpgradeError) -> [UInt8]? {
        guard received.count <= Self.maximumWaiting else { throw .malformed("too many bytes before a muxer") }
        let (opener, from) = (noise.opener, start)
        let result: Result<(plaintext: [UInt8], consumed: Int)?, NoiseError> = received.withUnsafeMutableBytes { all in
            let record = UnsafeMutableRawBufferPointer(rebasing: all[from...])
            do throws(NoiseError) {
                return .success(try opener.open(record).map { (Array(record[$0.plaintext]), $0.consumed) })
            } catch {
                return .failure(error)
            }
        }
        do throws(NoiseError) {
            guard let opened = try result.get() else { return nil }
            start += opened.consumed
            return opened.plaintext
        } catch {
            throw .noise(error)
        }
    }

    /// One record with these bytes, which are the few of a negotiation.
    func seal(_ plaintext: [UInt8]) throws(UpgradeError) -> [UInt8] {
        var record = [0, 0] + plaintext + [UInt8](repeating: 0, count: NoiseSealer.overhead - 2)
        let sealer = noise.sealer
        let result: Result<Int, NoiseError> = record.withUnsafeMutableBytes { buffer in
            do throws(NoiseError) {
                return .success(try sealer.seal(record: buffer, plaintext: plaintext.count))
            } catch {
                return .failure(error)
            }
        }
        if case .failure(let error) = result { throw .noise(error) }
        return record
    }
}
