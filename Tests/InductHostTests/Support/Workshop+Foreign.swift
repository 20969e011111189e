// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost

extension Workshop {
    /// The manifests of SDK/Foreign.
    static func example(_ name: String) -> String { "\(root)/SDK/Foreign/\(name).foreign.json" }

    /// Writes a manifest with these parts, for the fixture foreign.c unless a library is named.
    func manifest(_ parts: String, library: String = "libforeign.so", name: String = "test.foreign.json") throws
        -> String
    {
        if library == "libforeign.so" { try compile("foreign.c", to: library) }
        return try write(
            """
            {"runtime": "foreign", "id": "org.example.foreign", "version": "1.0.0", "library": "\(library)",
             "provides": [\(parts)]}
            """, to: name)
    }

    /// Tokens of a foreign source.
    func tokens(
        _ manifest: String, _ spec: String, seed: UInt64 = 7, view: Int = 0, first: UInt64 = 0, count: Int, length: Int
    ) throws -> [[Int32]] {
        let source = try host(plugins: [manifest]).source(PluginSpec(parsing: spec))
        return try Self.tokens(source, seed: seed, view: view, first: first, count: count, length: length)
    }

    static func tokens(
        _ source: any Source, seed: UInt64 = 7, view: Int = 0, first: UInt64 = 0, count: Int, length: Int
    ) throws -> [[Int32]] {
        let batch = Batch(schema: source.schema, count: count, length: length)
        try source.fill(batch, rows: 0..<count, view: view, seed: seed, first: first)
        let tokens = Array(batch["tokens"]?.integers ?? .init(start: nil, count: 0))
        return (0..<count).map { Array(tokens[$0 * length..<($0 + 1) * length]) }
    }
}

/// The random words of a sample, as a foreign source draws them.
struct SampleWords {
    let seed: UInt64
    let view: UInt32
    let index: UInt64
    private var position: UInt32 = 0

    init(seed: UInt64, view: Int, index: UInt64) {
        self.seed = seed
        self.view = UInt32(view)
        self.index = index
    }

    mutating func next() -> UInt32 {
        let block = Philox.block(seed: seed, purpose: view << 16, index: index, block: position / 4)
        defer { position += 1 }
        return [block.0, block.1, block.2, block.3][Int(position % 4)]
    }

    mutating func long() -> UInt64 {
        let low = UInt64(next())
        return low | UInt64(next()) << 32
    }

    mutating func uniform() -> Double { Double(long() >> 11) * 0x1p-53 }
}
