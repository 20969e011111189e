// SPDX-License-Identifier: Apache-2.0

import InductCore

/// When a model began to copy labels: the first step at which its loss at labels seen before was below half of what
/// guessing among them costs.
///
/// Losses fall smoothly, so a threshold has to say when; guessing among K labels costs ln K nats, and the threshold is
/// (ln K) / 2. Source: the name-copying transition of Riechers, Bigelow, Alt, Shai 2025, with K = 2.
package struct Transition: Equatable, Sendable {
    /// Nats.
    package var threshold: Double
    /// The first evaluated step below it; nil when there was none.
    package var step: Int?

    /// Finds it in a run that was evaluated with `label-loss`.
    ///
    /// - Returns: nil when the run holds no such metric, or does not say which tokens are labels.
    package init?(in run: RunRecord) {
        guard let count = run.labelCount, count > 1 else { return nil }
        let records = run.records(of: MetricName.labelLossLater).filter { $0.scalar?.isFinite ?? false }
        guard !records.isEmpty else { return nil }
        threshold = naturalLogarithm(Double(count)) / 2
        step = records.first { [threshold] in ($0.scalar ?? .infinity) < threshold }?.step
    }
}

extension RunRecord {
    /// How many tokens the recipe's first `label-loss` evaluator is about.
    var labelCount: Int? {
        for evaluation in recipe["evaluate"]?.array ?? [] {
            for evaluator in evaluation["evaluators"]?.array ?? [] {
                guard let spec = try? PluginSpec(json: evaluator), spec.name.hasSuffix("label-loss") else { continue }
                for case .list(let tokens) in spec.arguments.filter({ $0.key == "tokens" }).map(\.value) {
                    return tokens.count
                }
            }
        }
        return nil
    }
}
