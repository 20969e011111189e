// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

@Suite struct OptimizerTests {
    static let counts = [0, 1, 3, 4, 5, 8, 9, 15, 16, 17, 33, 500]

    @Test(arguments: Variant.vector) func adamEqualsTheReference(_ variant: Variant) {
        for count in Self.counts {
            for decoupled in [UInt32(0), 1] {
                func run(_ variant: Variant) -> [[Float]] {
                    let p = GuardedBuffer(normals(count, seed: 1))
                    let g = GuardedBuffer(normals(count, seed: 2))
                    let m = GuardedBuffer(normals(count, seed: 3, scale: 0.1))
                    let v = GuardedBuffer(normals(count, seed: 4).map { $0 * $0 })
                    var call = induct_adam()
                    call.struct_size = UInt32(MemoryLayout<induct_adam>.size)
                    call.decoupled = decoupled
                    call.count = Int64(count)
                    call.parameters = p.pointer
                    call.gradients = UnsafePointer(g.pointer)
                    call.first_moment = m.pointer
                    call.second_moment = v.pointer
                    call.rate = 0.01
                    call.beta1 = 0.9
                    call.beta2 = 0.999
                    call.epsilon = 1e-8
                    call.decay = 0.1
                    call.gradient_scale = 0.3
                    call.correction1 = 1.5
                    call.correction2 = 30
                    variant.table.pointee.adam(&call)
                    return [p, g, m, v].allSatisfy(\.isIntact) ? [p.values, m.values, v.values] : []
                }
                let found = run(variant)
                #expect(found.count == 3)
                // 1 - beta2 in float carries an error of 2^-25 / .001, relative.
                for (found, expected) in zip(found, run(.reference)) {
                    #expect(agree(found, expected, absolute: 4 * roundoff, relative: 8 * roundoff))
                }
            }
        }
    }

    @Test(arguments: Variant.vector, [(Float(0), UInt32(0)), (0.9, 0), (0.9, 1)])
    func gradientDescentEqualsTheReference(_ variant: Variant, momentum: (factor: Float, nesterov: UInt32)) {
        for count in Self.counts {
            func run(_ variant: Variant) -> [[Float]] {
                let p = GuardedBuffer(normals(count, seed: 1))
                let g = GuardedBuffer(normals(count, seed: 2))
                let b = GuardedBuffer(normals(count, seed: 3))
                var call = induct_sgd()
                call.struct_size = UInt32(MemoryLayout<induct_sgd>.size)
                call.nesterov = momentum.nesterov
                call.count = Int64(count)
                call.parameters = p.pointer
                call.gradients = UnsafePointer(g.pointer)
                call.momentum_buffer = momentum.factor == 0 ? nil : b.pointer
                call.rate = 0.1
                call.momentum = momentum.factor
                call.decay = 0.01
                call.gradient_scale = 0.5
                variant.table.pointee.sgd(&call)
                return [p, g, b].allSatisfy(\.isIntact) ? [p.values, b.values] : []
            }
            let found = run(variant)
            #expect(found.count == 2)
            for (found, expected) in zip(found, run(.reference)) {
                #expect(agree(found, expected, absolute: 4 * roundoff, relative: 4 * roundoff))
            }
        }
    }
}
