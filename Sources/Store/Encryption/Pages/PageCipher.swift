import Crypto

/// Seals and opens pages with XChaCha20-Poly1305, the page's number authenticated along with it.
///
/// A nonce is 16 random bytes, drawn anew for each transaction, and a counter. So none repeats however many pages a
/// store lives to write, and a copied virtual machine shares none beyond the transaction that it was copied in.
/// ChaCha20 and not AES: it is as fast here as AES with its instructions, and does well without any.
///
/// A page moves from the write-ahead log to the database as it is, without the key.
final class PageCipher {
    private let cipher: XChaCha20Poly1305Cipher
    private var nonce: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var hasNonce = false

    init(key: SecretBytes) {
        cipher = XChaCha20Poly1305Cipher(key: key)
    }

    /// Draws a new random part with the next page.
    func renewNonce() { hasNonce = false }

    /// Encrypts the content of `page` into `sealed`, both 4096 bytes, and fills in the nonce, the tag and an empty code.
    func seal(
        _ page: UnsafeRawBufferPointer, number: UInt32, into sealed: UnsafeMutableRawBufferPointer
    ) -> Stamp {
        if !hasNonce {
            withUnsafeMutableBytes(of: &nonce) { SystemRandom.fill(UnsafeMutableRawBufferPointer(rebasing: $0[..<16])) }
            nonce.2 = 0
            hasNonce = true
        }
        nonce.2 += 1
        withUnsafeBytes(of: &nonce) { nonce in
            UnsafeMutableRawBufferPointer(rebasing: sealed[SealedPage.nonce]).copyMemory(from: nonce)
            withUnsafeBytes(of: number.bigEndian) { number in
                cipher.seal(
                    UnsafeRawBufferPointer(rebasing: page[..<SealedPage.contentByteCount]),
                    into: UnsafeMutableRawBufferPointer(rebasing: sealed[..<SealedPage.contentByteCount]),
                    nonce: nonce, authenticating: number,
                    tag: UnsafeMutableRawBufferPointer(rebasing: sealed[SealedPage.tag]))
            }
        }
        Code.zero.write(to: sealed, at: SealedPage.code.lowerBound)
        return Stamp(of: UnsafeRawBufferPointer(sealed))
    }

    /// Decrypts a page of 4096 bytes in place; zeros stand where nonce, tag and code were. False, and nothing but
    /// zeros, if it is not this key's page of that number.
    func open(_ page: UnsafeMutableRawBufferPointer, number: UInt32) -> Bool {
        let bytes = UnsafeRawBufferPointer(page)
        let reserved = UnsafeMutableRawBufferPointer(rebasing: page[SealedPage.contentByteCount...])
        defer { reserved.initializeMemory(as: UInt8.self, repeating: 0) }
        do throws(CryptoError) {
            try withUnsafeBytes(of: number.bigEndian) { (number) throws(CryptoError) in
                try cipher.open(
                    UnsafeMutableRawBufferPointer(rebasing: page[..<SealedPage.contentByteCount]),
                    nonce: UnsafeRawBufferPointer(rebasing: bytes[SealedPage.nonce]), authenticating: number,
                    tag: UnsafeRawBufferPointer(rebasing: bytes[SealedPage.tag]))
            }
            return true
        } catch {
            return false
        }
    }
}
