// SPDX-License-Identifier: Apache-2.0

/// A ZIP archive of files stored as they are: what NumPy calls .npz.
///
/// Without the 64-bit extension: less than 4 GiB in all.
/// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
struct ZipArchive {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0
    private let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// The largest archive.
    private static let limit = 0xffff_0000

    /// Adds a file.
    mutating func append(name: String, _ content: [UInt8]) throws {
        guard bytes.count + content.count + directory.count < Self.limit else {
            throw UsageError("an .npz file holds less than 4 GiB: write .safetensors instead")
        }
        let name = Array(name.utf8)
        let offset = bytes.count
        let size = UInt32(content.count)
        // Version 2.0, no flags, stored, 1 January 1980: the same samples give the same bytes.
        var common =
            Self.little(20, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(0x21, 2)
        common += Self.little(checksum(content), 4) + Self.little(size, 4) + Self.little(size, 4)
        common += Self.little(UInt32(name.count), 2) + Self.little(0, 2)
        bytes += Self.little(0x0403_4b50, 4) + common + name
        bytes += content
        directory += Self.little(0x0201_4b50, 4) + Self.little(20, 2) + common
        directory += Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 4)
        directory += Self.little(UInt32(offset), 4) + name
        count += 1
    }

    /// The whole archive.
    func finish() -> [UInt8] {
        var end = Self.little(0x0605_4b50, 4) + Self.little(0, 2) + Self.little(0, 2)
        end += Self.little(UInt32(count), 2) + Self.little(UInt32(count), 2)
        end += Self.little(UInt32(directory.count), 4) + Self.little(UInt32(bytes.count), 4) + Self.little(0, 2)
        return bytes + directory + end
    }

    private func checksum(_ content: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in content { value = table[Int((value ^ UInt32(byte)) & 0xff)] ^ (value >> 8) }
        return ~value
    }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
