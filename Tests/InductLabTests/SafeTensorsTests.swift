// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductLab
import Testing

@Suite struct SafeTensorsTests {
    static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
        let count = length ?? UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + Array(header.utf8)
            + [UInt8](repeating: 7, count: data)
    }

    @Test func whatIsWrittenIsRead() throws {
        try Workbench.inDirectory { directory in
            let path = directory + "/x.safetensors"
            let numbers: [Float] = [1, -2, .infinity, 0.5, 3, .leastNonzeroMagnitude]
            let whole: [Int32] = [7, -8]
            try numbers.withUnsafeBytes { numbers in
                try whole.withUnsafeBytes { whole in
                    _ = try SafeTensors.write(
                        [
                            .init(name: "b.weight \"quoted\"", type: .float32, shape: [2, 3], bytes: numbers),
                            .init(name: "a", type: .int32, shape: [2], bytes: whole),
                            .init(
                                name: "nothing", type: .float64, shape: [0, 4],
                                bytes: UnsafeRawBufferPointer(start: nil, count: 0)),
                        ], to: path)
                }
            }
            let file = try SafeTensorsFile(path: path)
            #expect(file.entries.map(\.name) == ["b.weight \"quoted\"", "a", "nothing"])
            #expect(file.entries.map(\.shape) == [[2, 3], [2], [0, 4]])
            let entry = try #require(file.entry("b.weight \"quoted\""))
            #expect(file.withBytes(of: entry) { Array($0.bindMemory(to: Float.self)) } == numbers)
            // Data begins at a multiple of 8 bytes.
            #expect(try #require(file.entries.first).range.lowerBound % 8 == 0)
        }
    }

    @Test func anOrderlyFileIsAccepted() throws {
        let header = #"{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let file = try SafeTensorsFile(bytes: Self.file(header, data: 8), path: "x")
        #expect(file.entries.count == 1)
    }

    @Test(arguments: [
        ("", 0), ("{", 0), ("[]", 0), ("null", 0),
        (#"{"x":3}"#, 0),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}"#, 8),
        (#"{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8),
        (#"{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, 8),
        (#"{"x":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}"#, 8),
        (#"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
        (#"{"x":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,8]}}"#, 8),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            4
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
            12
        ),
    ])
    func hostileHeadersAreRefused(header: String, data: Int) {
        #expect(throws: LabError.self) { try SafeTensorsFile(bytes: Self.file(header, data: data), path: "x") }
    }

    @Test(arguments: [UInt64.max, 1 << 63, 100_000_001, 5])
    func headersThatClaimMoreThanThereIsAreRefused(length: UInt64) {
        #expect(throws: LabError.self) { try SafeTensorsFile(bytes: Self.file("{}", length: length), path: "x") }
    }

    @Test func shortFilesAreRefused() {
        for count in 0..<8 {
            #expect(throws: LabError.self) {
                try SafeTensorsFile(bytes: [UInt8](repeating: 0, count: count), path: "x")
            }
        }
    }

    @Test func randomBytesNeverTrap() {
        let header =
            #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}"#
        let whole = Self.file(header, data: 12)
        var accepted = 0
        for i in 0..<4000 {
            var bytes = whole
            for j in 0..<3 {
                let place = Int(ScalarKernels.uniform(3, 0, UInt64(i), 2 * j) * Float(bytes.count))
                bytes[place] = UInt8(ScalarKernels.uniform(3, 0, UInt64(i), 2 * j + 1) * 256)
            }
            if (try? SafeTensorsFile(bytes: bytes, path: "x")) != nil { accepted += 1 }
        }
        #expect(accepted < 4000)
    }
}
