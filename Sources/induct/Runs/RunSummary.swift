// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import InductTheory

/// The model beside the theory, at the end of a run: loss by position against h_l, the gap to the oracle, the loss of
/// chosen labels by times seen, and when the model began to copy them.
struct RunSummary {
    /// Loss and theory at one predicted position, 0-based: i + 1 tokens have been read.
    struct Position {
        var position: Int
        var entropy: Double?
        var loss: Double
        var standardError: Double?
        var gap: Double?
    }

    /// The loss of a label that was seen `count` times before.
    struct Label {
        var count: Int
        var loss: Double
        var standardError: Double?
        /// The loss of the source's own oracle on the same sequences.
        var optimum: Double?
    }

    let source: String
    let architecture: String
    let steps: Int
    let theory: Theory?
    /// What losses are measured in.
    let lossUnit: String
    var positions: [Position] = []
    var labels: [Label] = []
    /// Over all positions: loss, and KL(oracle || model).
    var meanLoss: Double?
    var meanGap: Double?
    /// At labels seen before.
    var laterLabelLoss: Double?
    /// When the model began to copy labels; nil for a run without them.
    var transition: Transition?
    /// Of labels, of the mean loss, and of what else was asked for.
    var transitions: [Transition] = []
    /// When in-context learning appeared and went again, by view with replaced labels.
    var transiences: [Transience] = []
    /// Loss late in the context minus loss early in it.
    var contextScore: (value: Double, standardError: Double)?
    /// What a gate lost beyond fixed weights.
    var regret: RunRegret?
    /// What activations hold of the oracle's knowledge.
    var probes: [Probe] = []

    /// R^2 of a linear regression from a point of the model.
    struct Probe {
        /// "belief", "posterior", "predictive".
        var target: String
        var point: String
        var r2: Double
        var standardError: Double?
        /// Before training.
        var untrained: Double?
    }

    /// `asked`: metrics whose transitions are wanted as well, each with its level.
    init(_ run: RunRecord, recipe: Recipe, theory: Theory?, asked: [(metric: String, level: Double?)] = []) {
        source = recipe.source.description
        architecture = recipe.architecture.description
        steps = recipe.training.steps
        self.theory = theory
        lossUnit = run.lossUnit
        let gaps = Self.last(Name.gap, run)
        if let losses = Self.last(Name.loss, run) {
            let curve = theory.map(TheoryCurve.init)
            positions = (losses.rows.first ?? []).enumerated().map { i, loss in
                Position(
                    position: i, entropy: curve?.floor(at: i), loss: loss, standardError: losses.standardErrors?[0][i],
                    gap: gaps.flatMap { i < $0.rows[0].count ? $0.rows[0][i] : nil })
            }
            let values = positions.map(\.loss).filter(\.isFinite)
            if !values.isEmpty { meanLoss = values.reduce(0, +) / Double(values.count) }
        }
        if let values = gaps?.rows.first?.filter(\.isFinite), !values.isEmpty {
            meanGap = values.reduce(0, +) / Double(values.count)
        }
        if let record = Self.last(Name.label, run) {
            let exact = run.records(of: Name.labelOracle, in: record.evaluation).last { $0.step == record.step }?.rows
                .first
            labels = (record.rows.first ?? []).enumerated().map { i, loss in
                Label(
                    count: record.axisValues.map { Int($0[i]) } ?? i, loss: loss,
                    standardError: record.standardErrors?[0][i],
                    optimum: exact.flatMap { i < $0.count ? $0[i] : nil })
            }.filter { $0.loss.isFinite }
        }
        laterLabelLoss = Self.last(Name.laterLabel, run)?.scalar
        transition = Transition(in: run)
        transitions = [transition, Transition(of: MetricName.meanLoss, below: nil, in: run)].compactMap { $0 }
        for (metric, level) in asked {
            transitions.removeAll { $0.metric == metric }
            if let found = Transition(of: metric, below: level, in: run) { transitions.append(found) }
        }
        transiences = run.shiftedErrors.compactMap { metric in
            let level = asked.first { $0.metric == metric }?.level
            return Transience(of: metric, level: level ?? Transience.usualLevel, in: run)
        }
        if let record = Self.last(Name.contextScore, run), let value = record.scalar {
            contextScore = (value, record.standardErrors?[0][0] ?? .nan)
        }
        regret = RunRegret(in: run)
        probes = MetricName.probeTargets.flatMap { Self.probes($0, run) }
    }

    private static func probes(_ target: String, _ run: RunRecord) -> [Probe] {
        guard let record = last(MetricName.probeR2(target), run), let values = record.rows.first else { return [] }
        let untrained = run.records(of: MetricName.probeR2(target) + MetricName.untrained, in: record.evaluation)
            .last { $0.step == record.step }?.rows.first
        return values.indices.map { index in
            Probe(
                target: target, point: record.columnNames?[index] ?? "point \(index)", r2: values[index],
                standardError: record.standardErrors?[0][index],
                untrained: untrained.flatMap { index < $0.count ? $0[index] : nil })
        }
    }

    private enum Name {
        static let loss = "position_loss"
        static let gap = "oracle_gap"
        static let label = "label_loss"
        static let labelOracle = "label_loss_oracle"
        static let laterLabel = "label_loss_later"
        static let contextScore = "in_context_score"
    }

    /// The newest record of a metric; of several evaluations the one with the smallest standard errors.
    private static func last(_ metric: String, _ run: RunRecord) -> MetricRecord? {
        let newest = run.evaluations(with: metric).compactMap { run.records(of: metric, in: $0).last }
        func spread(_ record: MetricRecord) -> Double {
            let errors = (record.standardErrors ?? []).flatMap { $0 }.filter { $0.isFinite && $0 > 0 }
            return errors.isEmpty ? .infinity : errors.reduce(0, +) / Double(errors.count)
        }
        return newest.min { ($0.step, -spread($0)) > ($1.step, -spread($1)) }
    }
}
