// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension LabelledExamplesTheory {
    /// The theory of a source that states how it draws labelled examples.
    ///
    /// - Throws: `TheoryError`, also for a source that does not.
    package static func of(
        _ source: any Source, floor: Double? = nil, gap: Double? = nil
    ) throws(TheoryError) -> LabelledExamplesTheory {
        guard let law = source.labelledExamples else {
            throw .unavailable("\(source.spec) does not state how it draws labelled examples")
        }
        return try LabelledExamplesTheory(law, floor: floor, gap: gap)
    }

    /// Training sets at which the in-weight loss is given: powers of two from the smallest that holds what is ensured, at
    /// least 2^4, to 2^24.
    package var curveCounts: [Double] {
        let least = max(16, law.classes * law.ensuredCount)
        return (4...24).map { Double(1 << $0) }.filter { $0 >= Double(least) }
    }
}
