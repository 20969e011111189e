// SPDX-License-Identifier: Apache-2.0

/// A model whose shapes are measured: rows of one shard of two, and the sizes of its layers.
struct Configuration {
    let name: String
    let width: Int
    let heads: Int
    let length: Int
    let batch: Int
    let vocabulary: Int

    var rows: Int { length * batch }

    /// Half a batch of the five models that training speed is measured on.
    static let all = [
        Configuration(name: "a", width: 64, heads: 1, length: 3, batch: 16, vocabulary: 10),
        Configuration(name: "b", width: 64, heads: 1, length: 10, batch: 32, vocabulary: 3),
        Configuration(name: "c", width: 64, heads: 4, length: 64, batch: 32, vocabulary: 64),
        Configuration(name: "d", width: 128, heads: 4, length: 128, batch: 16, vocabulary: 64),
        Configuration(name: "e", width: 256, heads: 8, length: 256, batch: 8, vocabulary: 256),
    ]
}
