import COpenSSL

/// A digest of libcrypto, fetched once per process: the implicit fetch of every `EVP_sha256()` costs more than a
/// short hash.
struct DigestAlgorithm: @unchecked Sendable {
    // An EVP_MD is immutable and reference-counted by libcrypto; these live as long as the process.
    let method: OpaquePointer
    let byteCount: Int

    static let sha256 = DigestAlgorithm("SHA256")
    static let sha512 = DigestAlgorithm("SHA512")
    static let sha1 = DigestAlgorithm("SHA1")
    static let ripemd160 = DigestAlgorithm("RIPEMD160")

    private init(_ name: String) {
        guard let method = EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name)")
        }
        self.method = method
        byteCount = Int(EVP_MD_get_size(method))
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
            let done = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, nil, method, nil)
            precondition(done == 1, "libcrypto could not hash")
            initialised = byteCount
        }
    }
}

/// A hash under way.
struct MessageDigest: ~Copyable {
    private let context: OpaquePointer
    private let algorithm: DigestAlgorithm

    init(_ algorithm: DigestAlgorithm) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, algorithm.method, nil) == 1 else {
            preconditionFailure("libcrypto could not start a hash")
        }
        self.context = context
        self.algorithm = algorithm
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "libcrypto could not hash")
    }

    consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { buffer, initialised in
            let done = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(done == 1, "libcrypto could not finish a hash")
            initialised = algorithm.byteCount
        }
    }
}
