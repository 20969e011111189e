// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// A safetensors file that was read and found to be in order.
package struct SafeTensorsFile: Sendable {
    /// A tensor in the file.
    package struct Entry: Equatable, Sendable {
        package var name: String
        package var type: ElementType
        package var shape: [Int]
        /// Its bytes within the file.
        package var range: Range<Int>
    }

    package let path: String
    /// In the order of the header.
    package let entries: [Entry]
    private let bytes: [UInt8]

    package init(path: String) throws(LabError) {
        try self.init(bytes: try FileSystem.read(path), path: path)
    }

    /// Takes a file's bytes; nothing in them is trusted.
    ///
    /// - Throws: `LabError.damaged` for a header that is too long or no JSON, an unknown type, a shape that overflows or
    ///   does not fit its bytes, offsets outside the file, overlapping or with gaps, and names that repeat.
    package init(bytes: [UInt8], path: String) throws(LabError) {
        func damaged(_ reason: String) -> LabError { .damaged(path: path, reason: reason) }
        guard bytes.count >= 8 else { throw damaged("it is too short for a safetensors file") }
        let length = bytes[..<8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(SafeTensors.longestHeader), length <= UInt64(bytes.count - 8) else {
            throw damaged("its header claims \(length) bytes of \(bytes.count - 8)")
        }
        let first = 8 + Int(length)
        guard let text = String(validating: bytes[8..<first], as: UTF8.self) else {
            throw damaged("its header is not UTF-8")
        }
        let header: JSON
        do { header = try JSON(parsing: text) } catch { throw damaged("its header is not JSON: \(error)") }
        guard let members = header.members else { throw damaged("its header is not an object") }
        var entries: [Entry] = []
        for member in members where member.key != "__metadata__" {
            switch Self.entry(member, first: first, end: bytes.count) {
            case .success(let entry): entries.append(entry)
            case .failure(let reason): throw damaged("the tensor '\(member.key)' \(reason.text)")
            }
        }
        guard Set(entries.map(\.name)).count == entries.count else { throw damaged("a tensor's name repeats") }
        var next = first
        for entry in entries.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            guard entry.range.lowerBound == next else {
                throw damaged("the tensor '\(entry.name)' overlaps another one or leaves a gap")
            }
            next = entry.range.upperBound
        }
        guard next == bytes.count else { throw damaged("\(bytes.count - next) bytes belong to no tensor") }
        self.path = path
        self.entries = entries
        self.bytes = bytes
    }

    private struct Reason: Error { var text: String }

    private static func entry(_ member: JSON.Member, first: Int, end: Int) -> Result<Entry, Reason> {
        func no(_ text: String) -> Result<Entry, Reason> { .failure(Reason(text: text)) }
        let types: [ElementType] = [.float32, .int32, .float64]
        guard let type = types.first(where: { SafeTensors.name(of: $0) == member.value["dtype"]?.string }) else {
            return no("has a type other than F32, I32 and F64")
        }
        guard let dimensions = member.value["shape"]?.array, dimensions.count <= 32 else { return no("has no shape") }
        var shape: [Int] = []
        var size = type.stride
        for dimension in dimensions {
            guard let value = dimension.int, value >= 0 else { return no("has a shape that is none") }
            let (product, overflows) = size.multipliedReportingOverflow(by: value)
            guard !overflows else { return no("is too large") }
            size = product
            shape.append(value)
        }
        guard let offsets = member.value["data_offsets"]?.array, offsets.count == 2, let from = offsets[0].int,
            let to = offsets[1].int, from >= 0, from <= to, to <= end - first
        else { return no("lies outside the file") }
        guard to - from == size else { return no("has \(to - from) bytes, and its shape needs \(size)") }
        return .success(Entry(name: member.key, type: type, shape: shape, range: first + from..<first + to))
    }

    /// The tensor with a name; nil when there is none.
    package func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

    /// The bytes of a tensor of this file.
    package func withBytes<Result>(of entry: Entry, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes[entry.range].withUnsafeBytes(body)
    }

    /// Holds a tensor of floats to finite numbers.
    ///
    /// - Throws: `LabError.damaged`, naming the entry that is none.
    func checkFinite(_ entry: Entry) throws(LabError) {
        let stray = withBytes(of: entry) { bytes in
            bytes.withMemoryRebound(to: Float.self) { $0.firstIndex { !$0.isFinite } }
        }
        if let stray {
            throw .damaged(path: path, reason: "its tensor '\(entry.name)' holds no finite number at entry \(stray)")
        }
    }

    /// SHA-256 of the whole file.
    var sha256: String { Digest.of(bytes) }
    var byteCount: Int { bytes.count }
}
