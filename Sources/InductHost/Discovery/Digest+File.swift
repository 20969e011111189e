// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

extension Digest {
    /// The digest of a file, read in pieces.
    static func of(file path: String) throws(TableDefect) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { piece.deallocate() }
        let digest = Digest()
        while true {
            let got = read(file, piece.baseAddress, piece.count)
            if got < 0 { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
            if got == 0 { return digest.finish() }
            digest.update(UnsafeRawBufferPointer(rebasing: piece[..<got]))
        }
    }
}
