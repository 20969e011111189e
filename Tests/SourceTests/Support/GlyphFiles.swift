// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of drawings that a test makes, laid out as Omniglot is; it goes away with the test.
final class GlyphFiles {
    let path = NSTemporaryDirectory() + "induct-glyphs-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below the folder.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(fileURLWithPath: path).appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    /// Characters "Alphabet/characterNN" of a set, each with so many drawings of `side` pixels.
    ///
    /// Drawing d of character c has the ink of `ink(c, d)`.
    static func drawings(
        set: String, characters: Int, drawings: Int, side: Int, first: Int = 0
    ) -> [(name: String, bytes: [UInt8])] {
        (0..<characters).flatMap { character in
            (0..<drawings).map { drawing in
                let name = String(
                    format: "%@/Alphabet_%d/character%02d/%04d_%02d.png", set, character / 3, character + first,
                    character + first, drawing + 1)
                return (name, png(ink(character + first, drawing, side: side), side: side))
            }
        }
    }

    /// Ink of the pixels of a drawing: of 240 characters no two are alike, nor two drawings of one, and none is its own rotation.
    static func ink(_ character: Int, _ drawing: Int, side: Int) -> [UInt8] {
        (0..<side * side).map { pixel in
            switch pixel {
            case 0: UInt8(10 + character % 240)
            case 1: UInt8(100 + drawing)
            default: pixel < side ? 255 : 0
            }
        }
    }

    /// A PNG image of eight bits of grey, its data stored without compression.
    static func png(_ ink: [UInt8], side: Int) -> [UInt8] {
        func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(kind.utf8) + data
            return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
        }
        var rows: [UInt8] = []
        for row in 0..<side {
            rows.append(0)
            rows += ink[row * side..<(row + 1) * side].map { 255 - $0 }
        }
        let length = UInt16(rows.count)
        let stored: [UInt8] =
            [0x78, 0x01, 1, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)]
            + [UInt8(truncatingIfNeeded: ~length), UInt8(~length >> 8)] + rows
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in rows {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        let header: [UInt8] = bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + [8, 0, 0, 0, 0]
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        return signature + chunk("IHDR", header)
            + chunk("IDAT", stored + bigEndian(b << 16 | a)) + chunk("IEND", [])
    }

    /// A ZIP archive of files that are stored as they are.
    static func zip(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in files {
            let size = UInt32(bytes.count)
            let common =
                littleEndian(UInt16(20)) + [UInt8](repeating: 0, count: 8) + littleEndian(checksum(bytes))
                + littleEndian(size) + littleEndian(size) + littleEndian(UInt16(name.utf8.count))
            directory +=
                [0x50, 0x4B, 1, 2] + littleEndian(UInt16(20)) + common + [UInt8](repeating: 0, count: 12)
                + littleEndian(UInt32(archive.count)) + Array(name.utf8)
            archive += [0x50, 0x4B, 3, 4] + common + [0, 0] + Array(name.utf8) + bytes
        }
        let count = littleEndian(UInt16(files.count))
        return archive + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
            + littleEndian(UInt32(directory.count)) + littleEndian(UInt32(archive.count)) + [0, 0]
    }

    /// CRC-32, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
