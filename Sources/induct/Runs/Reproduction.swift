// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport

/// How large a reproduction is.
enum ReproductionScale: String, CaseIterable {
    /// Seconds: shows that everything works; no verdict.
    case smoke
    /// As in the paper, with a verdict.
    case paper
}

/// What a reproduction changes in its recipe, and what its result has to be.
struct Reproduction {
    /// Settings of the recipe, as for `--set`.
    var settings: [String]
    var checks: [Check]

    /// A claim about a summary.
    struct Check {
        var claim: String
        /// What was found; nil when the run has no such result.
        var value: @Sendable (RunSummary) -> Double?
        var range: ClosedRange<Double>
    }

    /// The reproduction of an experiment at a scale; experiments not named here run as their recipe says.
    init(_ name: String, scale: ReproductionScale) {
        switch (name, scale) {
        case ("s1/induction", .paper): self.init(settings: ["training.steps=1000"], checks: Self.induction)
        case (_, .paper): self.init(settings: [], checks: [])
        case (_, .smoke): self.init(settings: ["training.steps=20", "training.batch=64"], checks: [])
        }
    }

    private init(settings: [String], checks: [Check]) {
        self.settings = settings
        self.checks = checks
    }

    /// Bounds for one seed of the experiment on induction, with a begin-of-sequence token.
    ///
    /// The optimum at a first name, (ln 12 + 5 ln 2) / 6 on average, is taken over the sequences evaluated.
    /// Source: Riechers, Bigelow, Alt, Shai 2025.
    private static var induction: [Check] {
        [
            Check(claim: "mean KL(oracle || model) at most .004 nats", value: { $0.meanGap }, range: -1...0.004),
            Check(
                claim: "at most .01 nats at every position",
                value: { $0.positions.compactMap(\.gap).filter(\.isFinite).max() }, range: -1...0.01),
            Check(
                claim: "first name at most .03 nats above its optimum",
                value: { summary in
                    summary.labels.first { $0.count == 0 }.flatMap { label in label.optimum.map { label.loss - $0 } }
                }, range: -1...0.03),
            Check(claim: "later names at most .005 nats", value: { $0.laterLabelLoss }, range: 0...0.005),
            Check(
                claim: "names are copied from a step between 30 and 90 on",
                value: { $0.transition?.step.map(Double.init) }, range: 30...90),
        ]
    }

    /// A check's outcome.
    struct Verdict {
        var claim: String
        var value: Double?
        var isMet: Bool
    }

    func verdicts(_ summary: RunSummary) -> [Verdict] {
        checks.map { check in
            let value = check.value(summary)
            return Verdict(claim: check.claim, value: value, isMet: value.map(check.range.contains) ?? false)
        }
    }
}
