// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// A file of tokens in memory, every one of them checked.
final class TokenFile: Sendable {
    /// Number of tokens, at least 2.
    let count: Int
    let vocabulary: Int
    private let bytes: FileBytes
    private let layout: TokenLayout

    /// Reads a file and holds every token against the vocabulary.
    ///
    /// - Parameters:
    ///   - path: of a regular file.
    ///   - format: "npy", "safetensors", "bytes", or "auto": by the ending.
    ///   - tensor: of a safetensors file; nil: its only one.
    ///   - vocabulary: nil: 256 for bytes, else the greatest token + 1.
    /// - Throws: status `notFound` when it cannot be read, `dataLoss` when it is not what it should be.
    init(path: String, format: String, tensor: String?, vocabulary: Int?) throws(InductError) {
        let format = format == "auto" ? Self.format(of: path) : format
        guard tensor == nil || format == "safetensors" else {
            throw .invalid("tokens: '\(path)' is read as \(format), which has no named tensors; leave out 'tensor'")
        }
        bytes = try FileBytes(path: path, for: "tokens")
        layout =
            switch format {
            case "npy": try TokenLayout(numpy: bytes)
            case "safetensors": try TokenLayout(safeTensors: bytes, tensor: tensor)
            default: TokenLayout(type: .init(bytes: 1, isSigned: false), offset: 0, count: bytes.count)
            }
        count = layout.count
        guard count >= 2 else {
            throw InductError(
                .dataLoss,
                "tokens: '\(path)' holds \(count) tokens; at least 2 are needed, for training and for testing")
        }
        let greatest = try Self.greatestToken(bytes, layout, limit: vocabulary)
        self.vocabulary = vocabulary ?? (format == "bytes" ? 256 : greatest + 1)
    }

    private static func format(of path: String) -> String {
        if path.hasSuffix(".npy") { return "npy" }
        return path.hasSuffix(".safetensors") ? "safetensors" : "bytes"
    }

    /// Most tokens of a vocabulary.
    private static let largestVocabulary: Int64 = 1 << 20

    private static func greatestToken(
        _ bytes: FileBytes, _ layout: TokenLayout, limit: Int?
    ) throws(InductError) -> Int {
        let most = limit.map { Int64($0) } ?? largestVocabulary
        var greatest: Int64 = 0
        for index in 0..<layout.count {
            let token = layout.token(index, of: bytes)
            guard token >= 0, token < most else {
                throw InductError(
                    .dataLoss,
                    "tokens: '\(bytes.path)' holds \(token) at position \(index), outside the vocabulary [0, \(most))"
                        + (limit == nil ? "" : "; choose a larger vocabulary or repair the file"))
            }
            greatest = max(greatest, token)
        }
        return Int(greatest)
    }

    /// Copies the tokens of a range within `[0, count)`.
    func copy(_ range: Range<Int>, to target: UnsafeMutableBufferPointer<Int32>) {
        for (place, index) in range.enumerated() { target[place] = Int32(layout.token(index, of: bytes)) }
    }
}

/// How the tokens lie in a file: little-endian integers, one after the other.
struct TokenLayout: Sendable {
    /// An integer type.
    struct IntegerType: Equatable, Sendable {
        /// 1, 2, 4 or 8.
        let bytes: Int
        let isSigned: Bool
    }

    let type: IntegerType
    /// Where the first one begins.
    let offset: Int
    let count: Int

    /// A token of the file, negative for what does not fit into 63 bits.
    func token(_ index: Int, of file: FileBytes) -> Int64 {
        let place = offset + index * type.bytes
        switch (type.bytes, type.isSigned) {
        case (1, false): return Int64(file.integer(at: place, UInt8.self))
        case (1, true): return Int64(file.integer(at: place, Int8.self))
        case (2, false): return Int64(file.integer(at: place, UInt16.self))
        case (2, true): return Int64(file.integer(at: place, Int16.self))
        case (4, false): return Int64(file.integer(at: place, UInt32.self))
        case (4, true): return Int64(file.integer(at: place, Int32.self))
        default: return file.integer(at: place, Int64.self)
        }
    }

    /// The number of items of a shape whose items fill exactly `bytes`.
    ///
    /// - Throws: status `dataLoss` for a shape that overflows or does not fit.
    static func count(
        shape: [Int], itemBytes: Int, bytes: Int, of path: String
    ) throws(InductError) -> Int {
        var count = 1
        for size in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflows else {
                throw InductError(.dataLoss, "tokens: '\(path)' states the shape \(shape), which no file can hold")
            }
            count = product
        }
        let (needed, overflows) = count.multipliedReportingOverflow(by: itemBytes)
        guard !overflows, needed == bytes else {
            throw InductError(
                .dataLoss,
                "tokens: '\(path)' states the shape \(shape) of \(itemBytes)-byte items, but holds \(bytes) bytes of data; it "
                    + "is truncated or damaged")
        }
        return count
    }
}
