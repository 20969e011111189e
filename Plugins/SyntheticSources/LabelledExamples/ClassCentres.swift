// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Unit vectors, one a class, uniform on the sphere: functions of seed and class alone, shared by all views.
struct ClassCentres: Sendable {
    let dimension: Int
    /// Row c is the centre of class c, `[classes, dimension]`.
    let values: [Float]

    /// The draws of centres, which belong to the task.
    static let draw: UInt32 = 2

    init(seed: UInt64, count: Int, dimension: Int, _ normals: NormalDraws) {
        self.dimension = dimension
        values = [Float](unsafeUninitializedCapacity: count * dimension) { buffer, initialised in
            guard let start = buffer.baseAddress else { return }
            for label in 0..<count {
                let row = start + label * dimension
                normals.write(
                    seed: seed, purpose: .task(kind: Self.draw), index: UInt64(label), count: dimension, into: row)
                var square = 0.0
                for place in 0..<dimension { square += Double(row[place]) * Double(row[place]) }
                let norm = square.squareRoot()
                for place in 0..<dimension { row[place] = Float(Double(row[place]) / norm) }
            }
            initialised = count * dimension
        }
    }
}
