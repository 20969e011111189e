// SPDX-License-Identifier: Apache-2.0

import CMinizip
import InductSDK

/// The files of a ZIP archive, one after the other.
struct GlyphArchive {
    let path: String

    /// A drawing takes some hundred bytes; what claims to be larger than this is none.
    static let mostBytes = 1 << 20
    private static let longestName = 1024

    /// Calls `body` with the name and the bytes of every file whose name `isWanted`.
    ///
    /// - Throws: status `dataLoss` for an archive that is damaged, and what `body` throws.
    func forEachFile(
        _ isWanted: (String) -> Bool, _ body: (String, [UInt8]) throws(InductError) -> Void
    ) throws(InductError) {
        guard let file = unzOpen64(path) else {
            throw InductError(.dataLoss, "omniglot: '\(path)' is no ZIP archive that can be read")
        }
        defer { unzClose(file) }
        var status = unzGoToFirstFile(file)
        while status == UNZ_OK {
            var info = unz_file_info64()
            var name = [CChar](repeating: 0, count: Self.longestName + 1)
            guard
                unzGetCurrentFileInfo64(file, &info, &name, UInt(Self.longestName), nil, 0, nil, 0) == UNZ_OK,
                info.size_filename <= Self.longestName
            else { throw damaged("an entry that cannot be read") }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if isWanted(text) {
                guard info.uncompressed_size <= Self.mostBytes else {
                    throw damaged("'\(text)' with \(info.uncompressed_size) bytes, too many for a drawing")
                }
                try body(text, try contents(file, text, count: Int(info.uncompressed_size)))
            }
            status = unzGoToNextFile(file)
        }
        guard status == UNZ_END_OF_LIST_OF_FILE else { throw damaged("a list of files that breaks off") }
    }

    private func contents(_ file: unzFile, _ name: String, count: Int) throws(InductError) -> [UInt8] {
        guard unzOpenCurrentFile(file) == UNZ_OK else { throw damaged("'\(name)', which cannot be unpacked") }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { room in
                room.baseAddress.map { unzReadCurrentFile(file, $0 + filled, UInt32(count - filled)) } ?? 0
            }
            guard got > 0 else { break }
            filled += Int(got)
        }
        // Closing compares the checksum.
        guard unzCloseCurrentFile(file) == UNZ_OK, filled == count else { throw damaged("'\(name)' in part only") }
        return bytes
    }

    private func damaged(_ what: String) -> InductError {
        InductError(.dataLoss, "omniglot: the archive '\(path)' holds \(what); fetch it again")
    }
}
