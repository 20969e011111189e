// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

@Suite struct ElementwiseTests {
    static let kinds = Array(INDUCT_ACTIVATION_NONE...INDUCT_ACTIVATION_SIGMOID)
    static let counts = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1000]

    /// A grid through everything that a float can be, dense where the functions bend.
    static let arguments: [Float] = {
        var values: [Float] = (-4000...4000).map { Float($0) / 200 } + normals(4000, seed: 1, scale: 30)
        for exponent in -126...127 {
            let size = Float(sign: .plus, exponent: exponent, significand: 1.37)
            values += [size, -size]
        }
        return values + [0, -0.0, .leastNonzeroMagnitude, 87.2, 88.3, 88.8, -87.4, -88.8, -103.9, -200, 200]
    }()

    /// The error of `found` in units of the last place of the expected value, or of `least` when that is larger.
    private func worstError(_ found: [Float], _ expected: [Float], least: Float) -> Double {
        var worst = 0.0
        for (a, b) in zip(found, expected) where a != b {
            guard a.isFinite && b.isFinite else {
                worst = .infinity
                continue
            }
            worst = max(worst, abs(Double(a) - Double(b)) / Double(max(b.magnitude, least).ulp))
        }
        return worst
    }

    private func map(_ variant: Variant, _ kind: UInt32, _ x: [Float]) -> [Float] {
        let from = GuardedBuffer(x)
        let to = GuardedBuffer(unwritten: x.count)
        variant.table.pointee.activation(kind, Int64(x.count), from.pointer, to.pointer)
        #expect(from.isIntact && to.isIntact)
        variant.table.pointee.activation(kind, Int64(x.count), from.pointer, from.pointer)
        #expect(from.values.map(\.bitPattern) == to.values.map(\.bitPattern))
        return to.values
    }

    private func slope(_ variant: Variant, _ kind: UInt32, _ x: [Float]) -> [Float] {
        let from = GuardedBuffer(x)
        let dy = GuardedBuffer([Float](repeating: 1, count: x.count))
        let dx = GuardedBuffer(unwritten: x.count)
        variant.table.pointee.activation_backward(kind, Int64(x.count), from.pointer, dy.pointer, dx.pointer)
        #expect(from.isIntact && dy.isIntact && dx.isIntact)
        variant.table.pointee.activation_backward(kind, Int64(x.count), from.pointer, dy.pointer, dy.pointer)
        #expect(dx.values.map(\.bitPattern) == dy.values.map(\.bitPattern))
        return dx.values
    }

    /// Values relative to their own size down to 1e-30; the argument's rounding grows with |x| in an exponential, and
    /// GELU's gate is 2 to the power of up to 123, which is computed with or without fused operations.
    @Test(arguments: Variant.vector) func activationsAreWithinAFewUnitsInTheLastPlace(_ variant: Variant) {
        let x = Self.arguments.filter { $0.magnitude < 1e30 }
        let bounds: [UInt32: Double] = [
            INDUCT_ACTIVATION_NONE: 0, INDUCT_ACTIVATION_RELU: 0, INDUCT_ACTIVATION_TANH: 3,
            INDUCT_ACTIVATION_SIGMOID: 4, INDUCT_ACTIVATION_SILU: 5, INDUCT_ACTIVATION_GELU: 180,
        ]
        for kind in Self.kinds {
            let error = worstError(map(variant, kind, x), map(.reference, kind, x), least: 1e-30)
            #expect(error <= bounds[kind] ?? 0, "kind \(kind): \(error)")
        }
    }

    @Test(arguments: Variant.vector) func geluIsWithinFourUnitsOfItsUsualSizes(_ variant: Variant) {
        let x = Self.arguments.filter { $0.magnitude < 1e30 }
        let error = worstError(
            map(variant, INDUCT_ACTIVATION_GELU, x), map(.reference, INDUCT_ACTIVATION_GELU, x), least: 0.125)
        #expect(error <= 4, "\(error)")
    }

    @Test(arguments: Variant.vector) func slopesAreWithinAFewUnitsOfOne(_ variant: Variant) {
        let x = Self.arguments.filter { $0.magnitude < 1e12 }
        for kind in Self.kinds {
            let error = worstError(slope(variant, kind, x), slope(.reference, kind, x), least: 1)
            #expect(error <= 8, "kind \(kind): \(error)")
        }
    }

    @Test(arguments: Variant.vector) func notANumberStaysNotANumber(_ variant: Variant) {
        for kind in Self.kinds where kind != INDUCT_ACTIVATION_RELU {
            #expect(map(variant, kind, [1, .nan, 2])[1].isNaN, "kind \(kind)")
        }
    }

    @Test(arguments: Variant.vector) func everyCountIsWrittenExactly(_ variant: Variant) {
        for count in Self.counts {
            let x = normals(count, seed: 3)
            for kind in Self.kinds {
                #expect(agree(map(variant, kind, x), map(.reference, kind, x), absolute: 16 * roundoff))
                #expect(agree(slope(variant, kind, x), slope(.reference, kind, x), absolute: 16 * roundoff))
            }
        }
    }

    @Test(arguments: Variant.vector) func gatedUnitsEqualTheReference(_ variant: Variant) {
        for width in [1, 4, 7, 8, 16, 17, 33, 64] {
            func run(_ variant: Variant, _ kind: UInt32) -> [[Float]] {
                let x = GuardedBuffer(normals(5 * 2 * width, seed: 1))
                let y = GuardedBuffer(unwritten: 5 * width)
                let dy = GuardedBuffer(normals(5 * width, seed: 2))
                let dx = GuardedBuffer(unwritten: 5 * 2 * width)
                variant.table.pointee.gated(kind, 5, Int64(width), x.pointer, y.pointer)
                variant.table.pointee.gated_backward(kind, 5, Int64(width), x.pointer, dy.pointer, dx.pointer)
                let areIntact = [x, y, dy, dx].allSatisfy(\.isIntact)
                #expect(areIntact)
                return [y.values, dx.values]
            }
            for kind in Self.kinds {
                for (found, expected) in zip(run(variant, kind), run(.reference, kind)) {
                    #expect(agree(found, expected, absolute: 128 * roundoff))
                }
            }
        }
    }

    @Test(arguments: Variant.vector) func sumsAndScalesAreExact(_ variant: Variant) {
        for count in Self.counts {
            func run(_ variant: Variant) -> [Float] {
                let x = GuardedBuffer(normals(count, seed: 1))
                let y = GuardedBuffer(normals(count, seed: 2))
                variant.table.pointee.add(Int64(count), x.pointer, y.pointer)
                variant.table.pointee.scale(Int64(count), 0.7, y.pointer)
                return x.isIntact && y.isIntact ? y.values : []
            }
            #expect(run(variant) == run(.reference))
        }
    }

    @Test func sumsOfSquaresAreTheSameBitsUnderEveryWidth() {
        for count in Self.counts + [100_003] {
            let x = GuardedBuffer(normals(count, seed: 1))
            let sums = Variant.vector.map { $0.table.pointee.sum_of_squares(Int64(count), x.pointer) }
            let expected = Variant.reference.table.pointee.sum_of_squares(Int64(count), x.pointer)
            for sum in sums {
                #expect(sum == sums[0])
                #expect(abs(sum - expected) <= 1e-12 * expected)
            }
        }
    }

    @Test(arguments: Variant.vector) func columnSumsEqualTheReference(_ variant: Variant) {
        for rows in [0, 1, 5, 64, 65, 1000] {
            for columns in [1, 4, 7, 16, 17, 40] {
                for accumulate in [UInt32(0), 1] {
                    func run(_ variant: Variant) -> [Float] {
                        let x = GuardedBuffer(normals(rows * (columns + 2), seed: 1))
                        let y = GuardedBuffer(normals(columns, seed: 2))
                        variant.table.pointee.column_sums(
                            Int64(rows), Int64(columns), x.pointer, Int64(columns + 2), y.pointer, accumulate)
                        return x.isIntact && y.isIntact ? y.values : []
                    }
                    #expect(agree(run(variant), run(.reference), absolute: roundoff * Double(rows + 8) * 4))
                }
            }
        }
    }
}
