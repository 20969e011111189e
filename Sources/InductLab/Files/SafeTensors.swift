// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// The safetensors format: named tensors in one file.
///
///     8 bytes   little endian, the length of the header
///     header    JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}, padded with spaces
///     data      the tensors, row-major and little endian, without gaps, in the order of their offsets
///
/// Source: the format's description in huggingface/safetensors.
package enum SafeTensors {
    /// No header is longer.
    static let longestHeader = 100_000_000

    /// A tensor to write; the bytes are borrowed.
    package struct Entry {
        package var name: String
        package var type: ElementType
        package var shape: [Int]
        package var bytes: UnsafeRawBufferPointer

        package init(name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer) {
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }
    }

    static func name(of type: ElementType) -> String {
        switch type {
        case .float32: "F32"
        case .int32: "I32"
        case .float64: "F64"
        }
    }

    /// The file's beginning: the same bytes for the same names, types and shapes in the same order.
    ///
    /// `metadata` are texts for other readers.
    static func header(_ entries: [Entry], metadata: [JSON.Member] = []) -> [UInt8] {
        var offset = 0
        var members: [JSON.Member] = []
        if !metadata.isEmpty { members.append(JSON.Member(key: "__metadata__", value: .object(metadata))) }
        for entry in entries {
            precondition(
                entry.bytes.count == entry.shape.reduce(1, *) * entry.type.stride, "the bytes fill the shape")
            let end = offset + entry.bytes.count
            members.append(
                JSON.Member(
                    key: entry.name,
                    value: [
                        "dtype": .string(name(of: entry.type)), "shape": .integers(entry.shape),
                        "data_offsets": .integers([offset, end]),
                    ]))
            offset = end
        }
        var text = Array(JSON.object(members).text.utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    }

    /// Puts a whole file in place: it is there with all its bytes, or not at all.
    package static func replace(
        _ path: String, with entries: [Entry], metadata: [JSON.Member] = []
    ) throws(LabError) {
        let temporary = path + ".tmp"
        do throws(LabError) {
            try write(entries, metadata: metadata, to: temporary)
            try FileSystem.rename(temporary, to: path)
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
        try FileSystem.synchronizeDirectory(FileSystem.directory(of: path))
    }

    /// Writes a new file and makes its bytes last.
    ///
    /// - Returns: the number of bytes and their SHA-256.
    @discardableResult
    package static func write(
        _ entries: [Entry], metadata: [JSON.Member] = [], to path: String
    ) throws(LabError) -> (bytes: Int, sha256: String) {
        let file = try File(path, .create)
        let digest = Digest()
        let header = header(entries, metadata: metadata)
        try file.write(header)
        digest.update(header)
        var count = header.count
        for entry in entries {
            try file.write(entry.bytes)
            digest.update(entry.bytes)
            count += entry.bytes.count
        }
        try file.synchronize()
        return (count, digest.finish())
    }
}
