// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// SHA-256 of bytes that come piece by piece.
struct Digest: ~Copyable {
    private let context: OpaquePointer?

    init() {
        context = EVP_MD_CTX_new()
        precondition(
            context != nil && EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto offers SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "a digest takes any bytes")
    }

    /// 64 hexadecimal digits; the digest takes no more bytes.
    consuming func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "a digest ends once")
        return digest.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }

    func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    static func of(_ bytes: [UInt8]) -> String {
        let digest = Digest()
        digest.update(bytes)
        return digest.finish()
    }
}
