// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import Testing

@Suite struct NumericsTests {
    @Test func elementaryFunctionsAreAccurate() {
        var worst = (logarithm: 0.0, exponential: 0.0, cosine: 0.0)
        for i in 0..<20_000 {
            let u = Double(ScalarKernels.uniform(9, 0, UInt64(i), 0))
            let wide = Double(sign: .plus, exponent: Int(u * 2000) - 1000, significand: 1 + u)
            for x in [u, 1 + u * 1e-3, wide] where x > 0 {
                let expected = Numbers.log(x)
                worst.logarithm = max(
                    worst.logarithm, abs(ReproducibleFunctions.logarithm(x) - expected) / max(expected.ulp, 1e-18))
            }
            let x = (u - 0.5) * 1400
            let power = Numbers.exp(x)
            worst.exponential = max(worst.exponential, abs(ReproducibleFunctions.exponential(x) - power) / power.ulp)
            worst.cosine = max(worst.cosine, abs(ReproducibleFunctions.cosineOfPi(u) - Numbers.cos(.pi * u)))
        }
        #expect(worst.logarithm < 4)
        #expect(worst.exponential < 4)
        #expect(worst.cosine < 4e-16)
    }

    @Test func edgesAreThoseOfTheLibrary() {
        #expect(ReproducibleFunctions.logarithm(0) == -.infinity)
        #expect(ReproducibleFunctions.logarithm(-1).isNaN)
        #expect(ReproducibleFunctions.logarithm(.infinity) == .infinity)
        #expect(ReproducibleFunctions.logarithm(.leastNonzeroMagnitude) == Numbers.log(.leastNonzeroMagnitude))
        #expect(ReproducibleFunctions.exponential(-.infinity) == 0)
        #expect(ReproducibleFunctions.exponential(-800) == 0)
        #expect(ReproducibleFunctions.exponential(0) == 1)
        #expect(ReproducibleFunctions.exponential(.nan).isNaN)
        #expect(ReproducibleFunctions.exponential(1000) == .infinity)
        #expect(ReproducibleFunctions.cosineOfPi(0) == 1)
        #expect(ReproducibleFunctions.cosineOfPi(1) == -1)
        #expect(ReproducibleFunctions.cosineOfPi(0.5) == 0)
        #expect(ReproducibleFunctions.power(0.5, 10) == 0x1p-10)
        #expect(ReproducibleFunctions.power(3, 0) == 1)
    }
}
