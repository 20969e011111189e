// SPDX-License-Identifier: Apache-2.0

import CInduct
import Testing

@Suite struct RandomTests {
    /// Known answers of philox4x32-10: counter, key, output.
    ///
    /// Source: Random123, examples/kat_vectors.
    @Test(arguments: [
        (
            [UInt32](repeating: 0, count: 4), [UInt32](repeating: 0, count: 2),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8] as [UInt32]
        ),
        (
            [UInt32](repeating: .max, count: 4), [UInt32](repeating: .max, count: 2),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
    ])
    func philoxGivesTheKnownAnswers(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
        var output = [UInt32](repeating: 0, count: 4)
        induct_philox(counter, key, &output)
        #expect(output == expected)
        for variant in Variant.vector + [.reference] {
            let seed = UInt64(key[1]) << 32 | UInt64(key[0])
            let index = UInt64(counter[3]) << 32 | UInt64(counter[2])
            var words = [UInt32](repeating: 0, count: 4)
            variant.table.pointee.random_words(seed, counter[1], index, UInt64(counter[0]) * 4, 4, &words)
            #expect(words == expected)
        }
    }

    @Test(arguments: Variant.vector) func everyRunOfWordsIsPartOfOneStream(_ variant: Variant) {
        for first in [0, 1, 2, 3, 4, 5, 1 << 33, (1 << 34) - 130] as [UInt64] {
            for count in [0, 1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 67, 129] as [UInt64] {
                func run(_ variant: Variant) -> [[UInt32]] {
                    let buffers = (0..<3).map { _ in GuardedBuffer(unwritten: Int(count)) }
                    let kernels = variant.table.pointee
                    let words = UnsafeMutableRawPointer(buffers[0].pointer).assumingMemoryBound(to: UInt32.self)
                    kernels.random_words(0x1234_5678_9abc_def0, 9, 1 << 40, first, count, words)
                    kernels.random_uniforms(0x1234_5678_9abc_def0, 9, 1 << 40, first, count, buffers[1].pointer)
                    kernels.random_normals(0x1234_5678_9abc_def0, 9, 1 << 40, first, count, buffers[2].pointer)
                    let areIntact = buffers.allSatisfy(\.isIntact)
                    #expect(areIntact)
                    return buffers.map { $0.values.map(\.bitPattern) }
                }
                #expect(run(variant) == run(.reference))
            }
        }
    }

    @Test(arguments: Variant.vector) func uniformsAndNormalsAreTheBitsOfTheHeader(_ variant: Variant) {
        let count = 1 << 18
        let uniforms = GuardedBuffer(unwritten: count)
        let normals = GuardedBuffer(unwritten: count)
        variant.table.pointee.random_uniforms(3, 4, 5, 0, UInt64(count), uniforms.pointer)
        variant.table.pointee.random_normals(3, 4, 5, 0, UInt64(count), normals.pointer)
        var differing = 0
        for i in 0..<count {
            let word = induct_random_word(3, 4, 5, UInt64(i))
            if induct_uniform_float(word) != uniforms.pointer[i] { differing += 1 }
            if induct_normal_float(word) != normals.pointer[i] { differing += 1 }
        }
        #expect(differing == 0)
    }

    /// Values of the quantile at (word + 1/2) / 2^32, from 50-digit arithmetic, rounded to a float.
    @Test(arguments: QuantileTable.rows)
    func normalsAreTheRoundedQuantiles(word: UInt32, expected: Float) {
        #expect((induct_normal_float(word) - expected).magnitude <= expected.ulp / 2)
        #expect(induct_normal_float(.max - word) == -induct_normal_float(word))
    }

    @Test func normalsHaveTheMomentsOfTheNormalLaw() {
        let values = normals(1 << 18, seed: 11).map(Double.init)
        let count = Double(values.count)
        // Standard errors of the mean, the second and the fourth moment: 1, sqrt 2 and sqrt 96 over sqrt(count).
        #expect(abs(values.reduce(0, +) / count) < 4 / count.squareRoot())
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } / count - 1) < 4 * (2 / count).squareRoot())
        #expect(abs(values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count - 3) < 4 * (96 / count).squareRoot())
    }
}
