// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import InductTheory

/// How large a reproduction is.
enum ReproductionScale: String, CaseIterable {
    /// Seconds: shows that everything works; no verdict. Of a sweep, its scale of that name: minutes, with its claims.
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
        case ("s1/mess3-mixture", .paper): self.init(settings: [], checks: Self.mess3Mixture)
        case ("s1/natural-text", .paper): self.init(settings: [], checks: Self.naturalText)
        case ("s1/coins", .paper): self.init(settings: [], checks: Self.coins)
        case (let name, .paper) where name.hasPrefix("s1/ergodic-"): self.init(settings: [], checks: Self.ergodic)
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

    /// Bounds for one seed of the three-component Mess3 mixture; the probe is linear, held out, pooled over positions.
    ///
    /// Source: the regression of Shai et al. 2024 (arXiv 2405.15943) on a mixture.
    private static var mess3Mixture: [Check] {
        @Sendable func belief(_ summary: RunSummary) -> RunSummary.Probe? {
            summary.probes.last { $0.target == "belief" && $0.point.hasSuffix("residual") }
        }
        return [
            Check(
                claim: "KL(oracle || model) at most .003 nats at every position after the 4th",
                value: { $0.positions.dropFirst(4).compactMap(\.gap).filter(\.isFinite).max() }, range: -1...0.003),
            Check(
                claim: "R^2 of the joint belief at least .93 in the last layer", value: { belief($0)?.r2 },
                range: 0.93...1),
            Check(
                claim: "at least .2 above the untrained model",
                value: { summary in belief(summary).flatMap { probe in probe.untrained.map { probe.r2 - $0 } } },
                range: 0.2...2),
        ]
    }

    /// Nothing exact is known of natural text; what is claimed of it is that the context helps.
    private static var naturalText: [Check] {
        [
            Check(
                claim: "loss falls along the context: in-context score at most -.05 nats",
                value: { $0.contextScore?.value }, range: -10 ... -0.05),
            Check(
                claim: "by at least 4 standard errors",
                value: { $0.contextScore.map { -$0.value / $0.standardError } },
                range: 4...Double.greatestFiniteMagnitude),
        ]
    }

    /// The loss of an ergodic source falls to h_l and stays there.
    private static var ergodic: [Check] { follows(gap: 0.01, mean: 0.005) }

    /// The loss of ten coins follows h_l, and the context gains what the theory says: the sum of loss - h_mu over the
    /// positions, which tends to the excess entropy ln 10.
    private static var coins: [Check] {
        follows(gap: 0.01, mean: 0.005) + [
            Check(
                claim: "the context is worth what the theory says, within .3 nats a sequence",
                value: { summary in
                    guard let rate = summary.theory?.entropyRate, !summary.positions.isEmpty else { return nil }
                    let exact = summary.positions.compactMap(\.entropy)
                    guard exact.count == summary.positions.count else { return nil }
                    let found = summary.positions.reduce(0) { $0 + $1.loss - rate }
                    return found - exact.reduce(0) { $0 + $1 - rate }
                }, range: -0.3...0.3)
        ]
    }

    /// What "loss by position follows h_l" means here; the last allows four standard errors of the loss.
    private static func follows(gap: Double, mean: Double) -> [Check] {
        [
            Check(
                claim: "mean KL(oracle || model) at most \(mean) nats", value: { $0.meanGap }, range: -1...mean),
            Check(
                claim: "at most \(gap) nats at every position",
                value: { $0.positions.compactMap(\.gap).filter(\.isFinite).max() }, range: -1...gap),
            Check(
                claim: "loss within \(gap) nats of h_l everywhere, beyond 4 standard errors",
                value: { summary in
                    summary.positions.compactMap { place in
                        place.entropy.map { max(0, abs(place.loss - $0) - 4 * (place.standardError ?? 0)) }
                    }.max()
                }, range: 0...gap),
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
