// SPDX-License-Identifier: Apache-2.0

/// The dynamic linker's cache of where libraries lie.
///
/// Source: glibc's sysdeps/generic/dl-cache.h, the format "glibc-ld.so.cache1.1", the only one since glibc 2.32.
enum SystemLibraries {
    private static let cache = "/etc/ld.so.cache"
    private static let magic = Array("glibc-ld.so.cache1.1".utf8)
    private static let mostBytes = 16 << 20
    private static let headerBytes = 48
    private static let entryBytes = 24
    #if arch(x86_64)
        // FLAG_ELF_LIBC6 | FLAG_X8664_LIB64
        private static let flags: UInt32 = 0x0303
    #else
        // FLAG_ELF_LIBC6 | FLAG_AARCH64_LIB64
        private static let flags: UInt32 = 0x0a03
    #endif

    /// The path of a library by its name, "libz.so.1"; nil when the cache does not have it, or is of another form.
    static func path(of name: String) -> String? {
        guard let bytes = try? FilePaths.bytes(of: cache, limit: mostBytes) else { return nil }
        return path(of: name, in: bytes)
    }

    /// The first entry for this machine that asks for no special processor.
    static func path(of name: String, in bytes: [UInt8]) -> String? {
        func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * $1) } }
        func text(_ offset: UInt32) -> String? {
            guard Int(offset) < bytes.count, let end = bytes[Int(offset)...].firstIndex(of: 0) else { return nil }
            return String(decoding: bytes[Int(offset)..<end], as: UTF8.self)
        }
        guard bytes.count >= headerBytes, bytes.starts(with: magic) else { return nil }
        let count = min(Int(word(20)), (bytes.count - headerBytes) / entryBytes)
        for index in 0..<count {
            let at = headerBytes + index * entryBytes
            guard word(at) == flags, word(at + 16) == 0, word(at + 20) == 0, text(word(at + 4)) == name else {
                continue
            }
            return text(word(at + 8))
        }
        return nil
    }
}
