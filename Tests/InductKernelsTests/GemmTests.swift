// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

/// A product with any of its options.
struct GemmCase: Sendable, CustomTestStringConvertible {
    var m: Int
    var n: Int
    var k: Int
    var transposeA = false
    var transposeB = false
    var accumulate = false
    var activation = INDUCT_ACTIVATION_NONE
    var hasBias = false
    var residual: Residual = .none
    var hasSlope = false
    var hasFactor = false
    var hasColumnSums = false
    var padding = 0

    enum Residual: Sendable {
        case none
        case separate
        case inPlace
    }

    var testDescription: String {
        "\(m)x\(n)x\(k)\(transposeA ? " aT" : "")\(transposeB ? " bT" : "")\(accumulate ? " +" : "") f\(activation)"
            + "\(hasBias ? " bias" : "") \(residual)\(hasSlope ? " slope" : "")"
            + "\(hasFactor ? " factor" : "") pad\(padding)"
    }

    struct Result: Equatable {
        var c: [Float]
        var slope: [Float]
        var columnSums: [Float]
        var isIntact: Bool
    }

    /// Runs under one variant, on the same data for every variant.
    ///
    /// `rows` < m computes the first rows only.
    func run(_ variant: Variant, rows: Int? = nil) -> Result {
        let rows = rows ?? m
        let lda = (transposeA ? m : k) + padding
        let ldb = (transposeB ? k : n) + padding
        let ldc = n + padding
        let a = GuardedBuffer(normals((transposeA ? k : m) * lda, seed: 1))
        let b = GuardedBuffer(normals((transposeB ? n : k) * ldb, seed: 2))
        let needsOld = accumulate || residual == .inPlace
        let c = GuardedBuffer(needsOld ? normals(m * ldc, seed: 3) : [Float](repeating: 9, count: m * ldc))
        let bias = GuardedBuffer(normals(n, seed: 4))
        let separate = GuardedBuffer(normals(m * ldc, seed: 5))
        let slope = GuardedBuffer([Float](repeating: 9, count: m * ldc))
        let factor = GuardedBuffer(normals(m * ldc, seed: 7))
        let columnSums = GuardedBuffer(normals(m, seed: 6))
        let scratch = Scratch(variant)
        var call = induct_gemm()
        call.struct_size = UInt32(MemoryLayout<induct_gemm>.size)
        call.activation = activation
        call.transpose_a = transposeA ? 1 : 0
        call.transpose_b = transposeB ? 1 : 0
        call.accumulate = accumulate ? 1 : 0
        call.m = Int64(rows)
        call.n = Int64(n)
        call.k = Int64(k)
        call.a = UnsafePointer(a.pointer)
        call.lda = Int64(lda)
        call.b = UnsafePointer(b.pointer)
        call.ldb = Int64(ldb)
        call.c = c.pointer
        call.ldc = Int64(ldc)
        call.bias = hasBias ? UnsafePointer(bias.pointer) : nil
        switch residual {
        case .none: break
        case .separate: call.residual = UnsafePointer(separate.pointer)
        case .inPlace: call.residual = UnsafePointer(c.pointer)
        }
        call.ld_residual = Int64(ldc)
        call.slope = hasSlope ? slope.pointer : nil
        call.ld_slope = Int64(ldc)
        call.factor = hasFactor ? UnsafePointer(factor.pointer) : nil
        call.ld_factor = Int64(ldc)
        call.column_sums = hasColumnSums ? columnSums.pointer : nil
        call.scratch = scratch.pointer
        variant.table.pointee.gemm(&call)
        let isIntact = [a, b, c, bias, slope, factor, columnSums].allSatisfy(\.isIntact) && scratch.isIntact
        return Result(
            c: c.values, slope: slope.values, columnSums: columnSums.values, isIntact: isIntact)
    }
}

@Suite struct GemmTests {
    /// Every edge of tiles, vectors and blocks, in every combination of transposes.
    static let shapes: [GemmCase] = {
        var cases: [GemmCase] = []
        let sizes = [1, 3, 4, 5, 7, 8, 11, 12, 13, 15, 16, 17, 24, 25, 31, 32, 33, 47, 64, 65, 96]
        for (index, m) in sizes.enumerated() {
            for (other, n) in sizes.enumerated() where (index + other) % 3 == 0 {
                let k = sizes[(index * 5 + other * 3) % sizes.count]
                for bits in 0..<4 {
                    cases.append(
                        GemmCase(
                            m: m, n: n, k: k, transposeA: bits & 1 != 0, transposeB: bits & 2 != 0,
                            accumulate: (index + other) % 2 == 0, padding: (index + other) % 4))
                }
            }
        }
        for bits in 0..<4 {
            let a = bits & 1 != 0
            let b = bits & 2 != 0
            cases += [
                GemmCase(m: 37, n: 70, k: 0, transposeA: a, transposeB: b),
                GemmCase(m: 37, n: 70, k: 0, transposeA: a, transposeB: b, accumulate: true, hasBias: true),
                GemmCase(m: 0, n: 5, k: 3, transposeA: a, transposeB: b),
                GemmCase(m: 5, n: 0, k: 3, transposeA: a, transposeB: b),
                GemmCase(m: 50, n: 300, k: 1500, transposeA: a, transposeB: b, hasBias: true),
                GemmCase(m: 30, n: 600, k: 256, transposeA: a, transposeB: b, accumulate: true),
                GemmCase(m: 257, n: 40, k: 1024, transposeA: a, transposeB: b),
                GemmCase(
                    m: 200, n: 290, k: 1100, transposeA: a, transposeB: b, activation: INDUCT_ACTIVATION_GELU,
                    hasBias: true, residual: .inPlace),
                GemmCase(
                    m: 20, n: 29, k: 2100, transposeA: a, transposeB: b, activation: INDUCT_ACTIVATION_TANH,
                    residual: .inPlace, hasSlope: true, padding: 3),
                GemmCase(
                    m: 45, n: 64, k: 1100, transposeA: a, transposeB: b, activation: INDUCT_ACTIVATION_RELU,
                    hasBias: true, hasSlope: true, hasFactor: true),
            ]
        }
        return cases
    }()

    static let epilogues: [GemmCase] = {
        var cases: [GemmCase] = []
        for activation in INDUCT_ACTIVATION_NONE...INDUCT_ACTIVATION_SIGMOID {
            for bits in 0..<32 {
                for residual in [GemmCase.Residual.none, .separate, .inPlace] {
                    cases.append(
                        GemmCase(
                            m: 13, n: 41, k: 19, transposeB: bits & 8 != 0,
                            accumulate: bits & 1 != 0 && residual != .inPlace, activation: activation,
                            hasBias: bits & 2 != 0, residual: residual, hasSlope: bits & 4 != 0,
                            hasFactor: bits & 16 != 0, padding: 2))
                }
            }
        }
        return cases
    }()

    /// k products of size up to ~16 each, accumulated in float: k roundings of sums of size sqrt(k), plus the epilogue's.
    private func expectAgreement(_ test: GemmCase, _ variant: Variant) {
        let found = test.run(variant)
        let expected = test.run(.reference)
        let absolute = roundoff * (Double(test.k) + 8) * 16
        #expect(found.isIntact)
        #expect(agree(found.c, expected.c, absolute: absolute, relative: 8 * roundoff))
        #expect(agree(found.slope, expected.slope, absolute: absolute))
        #expect(agree(found.columnSums, expected.columnSums, absolute: absolute))
    }

    @Test(arguments: Variant.vector) func equalsTheReferenceAtEveryEdge(_ variant: Variant) {
        for test in Self.shapes { expectAgreement(test, variant) }
    }

    @Test(arguments: Variant.vector) func appliesEveryEpilogueInOrder(_ variant: Variant) {
        for test in Self.epilogues { expectAgreement(test, variant) }
    }

    @Test(arguments: Variant.vector) func columnSumsComeWithTheWeightGradient(_ variant: Variant) {
        for m in [1, 6, 12, 13, 40] {
            for n in [3, 32, 100] {
                for accumulate in [false, true] {
                    expectAgreement(
                        GemmCase(m: m, n: n, k: 700, transposeA: true, accumulate: accumulate, hasColumnSums: true),
                        variant)
                }
            }
        }
    }

    @Test(arguments: Variant.vector) func rowsDoNotDependOnTheNumberOfRows(_ variant: Variant) {
        for transposeB in [false, true] {
            for (n, k) in [(40, 64), (64, 1100), (7, 33)] {
                let test = GemmCase(
                    m: 61, n: n, k: k, transposeB: transposeB, activation: INDUCT_ACTIVATION_GELU, hasBias: true)
                let all = test.run(variant).c
                for rows in [1, 5, 12, 13, 25, 37] {
                    #expect(Array(test.run(variant, rows: rows).c.prefix(rows * n)) == Array(all.prefix(rows * n)))
                }
            }
        }
    }

    @Test(arguments: Variant.vector) func repeatsItsBits(_ variant: Variant) {
        let test = GemmCase(m: 100, n: 70, k: 600, transposeA: true, hasColumnSums: true)
        #expect(test.run(variant) == test.run(variant))
    }
}
