// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore

/// A file of samples: every tensor of the source, by name.
struct SampleFile {
    enum Kind: String, CaseIterable {
        case npz
        case safetensors
        case jsonl

        init(path: String) throws {
            guard let kind = Self.allCases.first(where: { path.hasSuffix(".\($0.rawValue)") }) else {
                throw UsageError("--output \(path.prefix(200)): the name must end in .npz, .safetensors or .jsonl")
            }
            self = kind
        }
    }

    let path: String
    let kind: Kind

    /// Writes all samples; a failure leaves no file behind.
    func write(_ sampler: Sampler) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw CommandError(
                "cannot create \(path): \(String(cString: strerror(errno)))", code: ExitStatus.inputOutput)
        }
        defer { close(file) }
        do {
            switch kind {
            case .jsonl:
                try sampler.forEachBatch(values: Sampler.valuesPerText) { batch in
                    var text = ""
                    for row in 0..<batch.count { text += batch.json(row: row).text + "\n" }
                    try put(Array(text.utf8), file)
                }
            case .npz:
                var archive = ZipArchive()
                for array in try arrays(sampler) {
                    try archive.append(name: array.name + ".npy", array.npyHeader + array.bytes)
                }
                try put(archive.finish(), file)
            case .safetensors:
                let arrays = try arrays(sampler)
                try put(SampleArray.safetensorsHeader(arrays), file)
                for array in arrays { try put(array.bytes, file) }
            }
        } catch {
            unlink(path)
            throw error
        }
    }

    private func put(_ bytes: [UInt8], _ file: Int32) throws {
        do {
            try StandardOutput.write(file, bytes, name: path)
        } catch is BrokenPipe {
            throw CommandError("cannot write to \(path): nobody reads it", code: ExitStatus.inputOutput)
        }
    }

    /// All samples in memory, tensor by tensor.
    private func arrays(_ sampler: Sampler) throws -> [SampleArray] {
        var arrays = sampler.source.schema.tensors.map { tensor in
            SampleArray(
                name: tensor.name, type: tensor.type,
                shape: tensor.shape.map { $0.bound(batch: sampler.count, length: sampler.length) }, bytes: [])
        }
        try sampler.forEachBatch { batch in
            for i in arrays.indices {
                guard let tensor = batch.tensors[i] else { continue }
                let bytes = UnsafeRawBufferPointer(start: tensor.data, count: tensor.count * tensor.type.stride)
                arrays[i].bytes.append(contentsOf: bytes)
            }
        }
        return arrays
    }
}

/// One tensor of all samples, row-major and little endian.
struct SampleArray {
    var name: String
    var type: ElementType
    var shape: [Int]
    var bytes: [UInt8]

    /// The beginning of an .npy file, version 1.0, padded to 64 bytes.
    ///
    /// Source: NumPy's description of the format, numpy.lib.format.
    var npyHeader: [UInt8] {
        let code =
            switch type {
            case .float32: "<f4"
            case .int32: "<i4"
            case .float64: "<f8"
            }
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = Array("{'descr': '\(code)', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
        while (10 + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        text.append(UInt8(ascii: "\n"))
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 0xff), UInt8(text.count >> 8)] + text
    }

    /// The beginning of a safetensors file: the header's length and the header, a multiple of 8 bytes.
    static func safetensorsHeader(_ arrays: [SampleArray]) -> [UInt8] {
        var offset = 0
        var members: [JSON.Member] = []
        for array in arrays {
            let type =
                switch array.type {
                case .float32: "F32"
                case .int32: "I32"
                case .float64: "F64"
                }
            let end = offset + array.bytes.count
            members.append(
                .init(
                    key: array.name,
                    value: [
                        "dtype": .string(type), "shape": .integers(array.shape),
                        "data_offsets": .integers([offset, end]),
                    ]))
            offset = end
        }
        var text = Array(JSON.object(members).text.utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    }
}
