// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import InductTheory

extension RunSummary {
    /// For readers: what was trained, the theory beside the loss, labels, and the transition.
    var text: String {
        var facts = [("source", source), ("architecture", architecture)]
        if let theory {
            facts.append(("entropy rate", theory.entropyRate.map { "\($0.fixed(6)) nats per token" } ?? "not known"))
            facts.append(
                (
                    "excess entropy",
                    theory.excessEntropy.map { "E = \($0.fixed(6)) nats" } ?? theory.excessEntropyReason ?? "not known"
                ))
        }
        if let meanLoss { facts.append(("mean loss", "\(meanLoss.fixed(4)) \(perToken)\(meanFloor)")) }
        if let meanGap {
            let what = isInNats ? "KL(oracle || model)" : "the distance from the posterior mean"
            facts.append(("above the optimum", "\(meanGap.fixed(5)) \(perToken), as \(what)"))
        }
        if let contextScore {
            facts.append(
                (
                    "in-context score",
                    "\(contextScore.value.fixed(4)) +- \(contextScore.standardError.fixed(4)) \(lossUnit), late minus early in the context"
                ))
        }
        if let laterLabelLoss { facts.append(("label seen before", "loss \(laterLabelLoss.fixed(4)) nats")) }
        if let transition, let threshold = transition.threshold {
            let limit = threshold.fixed(4)
            facts.append(
                (
                    "transition",
                    transition.step.map { "labels seen before cost less than \(limit) nats from step \($0) on" }
                        ?? "not reached: labels seen before still cost more than \(limit) nats"
                ))
        }
        for transition in transitions where transition.metric != self.transition?.metric && transition.threshold != nil
        {
            let limit = (transition.threshold ?? .nan).significant(4)
            facts.append(
                (
                    "transition",
                    transition.step.map { "\(transition.metric) below \(limit) from step \($0) on" }
                        ?? "\(transition.metric) never below \(limit)"
                ))
        }
        for transition in transitions { facts.append(("change point", Self.changePoint(transition))) }
        for transience in transiences { facts.append(("in-context learning", Self.transience(transience))) }
        if let regret {
            let last = regret.last
            facts.append(
                (
                    "regret",
                    "\(last.regret.significant(5)) \(regret.unit) over \(Int(last.samples)) observations against the best "
                        + "fixed weights; one rule loses at most \(last.bound.significant(5))"
                ))
            if last.regretByKey.count > 1 {
                facts.append(
                    (
                        "regret by key",
                        "\(last.regretOfKeys.significant(5)) \(regret.unit) against the best of every key; a rule for every "
                            + "key loses at most \(last.boundOfKeys.significant(5))"
                    ))
            }
        }
        return TextTable.pairs(facts) + lossTable + labelTable + probeTable
    }

    private var isInNats: Bool { lossUnit == InductReport.RunRecord.nats }
    private var perToken: String { isInNats ? "nats per token" : lossUnit }

    private static func changePoint(_ transition: Transition) -> String {
        guard let point = transition.changePoint else { return "\(transition.metric): none" }
        let (low, high) = (point.interval.lowerBound.fixed(1), point.interval.upperBound.fixed(1))
        return "\(transition.metric): step \(point.step.fixed(1)), 95% within \(low) to \(high), from "
            + "\(point.before.significant(4)) to \(point.after.significant(4))"
    }

    private static func transience(_ found: Transience) -> String {
        let level = found.level.significant(4)
        guard let emerged = found.emerged else { return "\(found.metric) never below \(level)" }
        let end = found.lost.map { "\(level) again at step \($0)" } ?? "not lost again"
        return "\(found.metric) below \(level) from step \(emerged) on, least \(found.least.significant(4)) at step "
            + "\(found.leastStep), \(end)"
    }

    private var probeTable: String {
        guard !probes.isEmpty else { return "" }
        let hasUntrained = probes.contains { $0.untrained != nil }
        var table = TextTable(
            [("regressed on", .left), ("activations", .left), ("R^2", .right), ("+-", .right)]
                + (hasUntrained ? [("untrained", .right)] : []))
        for probe in probes {
            table.add(
                [probe.target, probe.point, probe.r2.fixed(4), (probe.standardError ?? .nan).fixed(4)]
                    + (hasUntrained ? [(probe.untrained ?? .nan).fixed(4)] : []))
        }
        return "\nWhat activations hold linearly, on held-out sequences:\n" + table.text
    }

    /// What follows the mean loss: the mean of the exact entropies, where all are known.
    private var meanFloor: String {
        let floors = positions.compactMap(\.entropy)
        guard !floors.isEmpty, floors.count == positions.count else { return "" }
        return ", where the exact theory allows \((floors.reduce(0, +) / Double(floors.count)).fixed(4))"
    }

    private var lossTable: String {
        guard !positions.isEmpty else { return "" }
        let hasTheory = positions.contains { $0.entropy != nil }
        let hasErrors = positions.contains { $0.standardError?.isFinite == true }
        let hasGap = positions.contains { $0.gap != nil }
        var columns: [(String, TextTable.Alignment)] = [("tokens read", .right)]
        if hasTheory { columns.append(("exact h_l", .right)) }
        columns.append(("loss", .right))
        if hasErrors { columns.append(("+-", .right)) }
        if hasGap { columns.append((isInNats ? "KL to oracle" : "from the mean", .right)) }
        var table = TextTable(columns)
        for row in Self.spread(positions) {
            var cells = ["\(row.position + 1)"]
            if hasTheory { cells.append((row.entropy ?? .nan).fixed(4)) }
            cells.append(row.loss.fixed(4))
            if hasErrors { cells.append((row.standardError ?? .nan).fixed(4)) }
            if hasGap { cells.append((row.gap ?? .nan).fixed(5)) }
            table.add(cells)
        }
        return "\nLoss by position, in \(lossUnit), at the last step:\n" + table.text
    }

    private var labelTable: String {
        guard !labels.isEmpty else { return "" }
        let hasOptimum = labels.contains { $0.optimum != nil }
        var columns: [(String, TextTable.Alignment)] = [("times seen before", .right)]
        if hasOptimum { columns.append(("optimal", .right)) }
        var table = TextTable(columns + [("loss", .right), ("+-", .right)])
        for label in labels {
            let isLast = label.count == labels.last?.count && labels.count > 1
            var cells = ["\(label.count)\(isLast ? "+" : "")"]
            if hasOptimum { cells.append((label.optimum ?? .nan).fixed(4)) }
            table.add(cells + [label.loss.fixed(4), (label.standardError ?? .nan).fixed(4)])
        }
        return "\nLoss at the chosen labels, in nats:\n" + table.text
    }

    /// The first ten, then ever fewer, and the last.
    private static func spread(_ positions: [Position]) -> [Position] {
        var next = 10.0
        return positions.enumerated().filter { i, _ in
            if i < 10 || i == positions.count - 1 { return true }
            guard Double(i + 1) >= next * 1.4 else { return false }
            next = Double(i + 1)
            return true
        }.map(\.element)
    }
}

extension RunSummary {
    /// For programs; losses in `units`, all positions.
    var json: JSON {
        func list(_ value: (Position) -> Double?) -> JSON { .array(positions.map { .optional(value($0)) }) }
        return [
            "source": .string(source), "architecture": .string(architecture), "units": .string(lossUnit),
            "entropy_rate": .optional(theory?.entropyRate), "excess_entropy": .optional(theory?.excessEntropy),
            "mean_loss": .optional(meanLoss), "mean_oracle_gap": .optional(meanGap),
            "positions": .integers(positions.map(\.position)), "entropy": list(\.entropy), "loss": list(\.loss),
            "loss_standard_error": list(\.standardError), "oracle_gap": list(\.gap),
            "label_loss": .array(
                labels.map {
                    [
                        "times_seen": .integer(Int64($0.count)), "loss": .number($0.loss),
                        "optimum": .optional($0.optimum),
                        "standard_error": .optional($0.standardError),
                    ]
                }),
            "label_loss_later": .optional(laterLabelLoss),
            "transition_step": transition?.step.map { .integer(Int64($0)) } ?? .null,
            "transitions": .array(transitions.map(\.json)),
            "transience": .array(transiences.map(\.json)),
            "in_context_score": .optional(contextScore?.value),
            "in_context_score_standard_error": .optional(contextScore?.standardError),
            "regret": regret.map(Self.json) ?? .null,
            "probes": .array(
                probes.map {
                    [
                        "target": .string($0.target), "point": .string($0.point), "r2": .number($0.r2),
                        "standard_error": .optional($0.standardError), "r2_untrained": .optional($0.untrained),
                    ]
                }),
        ]
    }

    private static func json(_ regret: RunRegret) -> JSON {
        let last = regret.last
        return [
            "units": .string(regret.unit), "samples": .number(last.samples), "regret": .number(last.regret),
            "bound": .number(last.bound), "regret_by_key": .numbers(last.regretByKey),
            "bound_by_key": .numbers(last.boundByKey),
        ]
    }
}
