// SPDX-License-Identifier: Apache-2.0

import CCrypto
import Glibc

/// SHA-256 of bytes and files, by libcrypto.
enum SHA256 {
    /// Lowercase hexadecimal, 64 characters.
    static func hex(of bytes: some Sequence<UInt8>) -> String {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        let all = Array(bytes)
        all.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        return finish(context)
    }

    /// The digest of a file, read in pieces.
    static func hex(ofFile path: String) throws(TableDefect) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { piece.deallocate() }
        while true {
            let got = read(file, piece.baseAddress, piece.count)
            if got < 0 { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
            if got == 0 { return finish(context) }
            EVP_DigestUpdate(context, piece.baseAddress, got)
        }
    }

    /// Whether it has the form of a digest.
    static func isHex(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func finish(_ context: OpaquePointer?) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        var size: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &size)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
