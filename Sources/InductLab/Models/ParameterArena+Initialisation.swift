// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension ParameterArena {
    /// Fills every parameter by its initialiser.
    ///
    /// Parameter number p, in the model's order, takes its numbers from the stream (`seed`, purpose 0, index p) of
    /// random.h: uniforms u as `low + (high - low) u`, normals n as `mean + deviation n`; a truncated normal takes the
    /// first numbers of the stream that lie within two deviations. Computed in double and rounded once.
    package func initialise(seed: UInt64, kernels: any TrainingKernels) {
        for (index, parameter) in layout.parameters.enumerated() {
            let values = self[index]
            guard let start = values.baseAddress else { continue }
            let stream = UInt64(index)
            switch parameter.initialiser {
            case .zeros:
                values.update(repeating: 0)
            case .constant(let value):
                values.update(repeating: Float(value))
            case .uniform(let low, let high):
                kernels.uniforms(seed: seed, purpose: 0, index: stream, count: values.count, start)
                for i in values.indices { values[i] = Float(low + (high - low) * Double(values[i])) }
            case .normal(let mean, let deviation):
                kernels.normals(seed: seed, purpose: 0, index: stream, count: values.count, start)
                for i in values.indices { values[i] = Float(mean + deviation * Double(values[i])) }
            case .truncatedNormal(let mean, let deviation):
                let normals = Self.truncatedNormals(seed: seed, index: stream, count: values.count, kernels)
                for i in values.indices { values[i] = Float(mean + deviation * Double(normals[i])) }
            }
        }
    }

    private static func truncatedNormals(
        seed: UInt64, index: UInt64, count: Int, _ kernels: any TrainingKernels
    ) -> [Float] {
        var drawn = count + count / 8 + 64
        while true {
            let normals = [Float](unsafeUninitializedCapacity: drawn) { buffer, filled in
                if let start = buffer.baseAddress {
                    kernels.normals(seed: seed, purpose: 0, index: index, count: drawn, start)
                }
                filled = drawn
            }
            let kept = normals.filter { abs($0) <= 2 }
            if kept.count >= count { return Array(kept.prefix(count)) }
            drawn *= 2
        }
    }
}
