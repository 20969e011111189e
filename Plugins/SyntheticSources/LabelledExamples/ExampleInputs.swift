// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Inputs: the centre of a class with normal noise around it, x = mu_c + sigma z.
struct ExampleInputs: Sendable {
    let deviation: Float
    let normals: NormalDraws

    /// The draws of noise.
    static let noiseDraw: UInt32 = 3

    /// Writes the inputs `[items, dimension]` of sample `index` of a view.
    func write(
        _ centres: ClassCentres, classes: UnsafePointer<Int32>, items: Int, view: Int, seed: UInt64, index: UInt64,
        into inputs: UnsafeMutablePointer<Float>
    ) {
        let size = centres.dimension
        let isNoisy = deviation > 0
        if isNoisy {
            normals.write(
                seed: seed, purpose: DrawPurpose(view: view, kind: Self.noiseDraw), index: index, count: items * size,
                into: inputs)
        }
        centres.values.withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for item in 0..<items {
                let centre = values + Int(classes[item]) * size
                let row = inputs + item * size
                if isNoisy {
                    for place in 0..<size { row[place] = centre[place] + deviation * row[place] }
                } else {
                    row.update(from: centre, count: size)
                }
            }
        }
    }
}
