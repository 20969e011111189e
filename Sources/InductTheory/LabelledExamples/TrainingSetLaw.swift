// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// How many samples of a class a training set holds.
package struct TrainingSetLaw: Equatable, Sendable {
    /// Of a drawn sample to be of the class, above 0.
    package let probability: Double
    /// Of every class, for certain.
    package let ensured: Int
    package let classes: Int

    /// The law of a class of `law`.
    package init(_ law: LabelledExamplesLaw, class x: Int) {
        probability = law.classProbability[x]
        ensured = law.ensuredCount
        classes = law.classes
    }

    /// E N_x = e + (N - C e) p_x, in a training set of N >= C e samples of which e of each class are sure.
    package func expectedSamples(in count: Double) -> Double {
        let sure = Double(ensured)
        return sure + max(0, count - Double(classes) * sure) * probability
    }

    /// The smallest training set that is expected to hold `samples` of the class; nil where it would be beyond 2^52.
    package func count(forSamples samples: Int) -> Int? {
        let drawn = (Double(max(0, samples - ensured)) / probability).rounded(.up)
        guard drawn < 0x1p52 else { return nil }
        return classes * ensured + Int(drawn)
    }
}
