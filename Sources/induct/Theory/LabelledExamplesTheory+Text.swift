// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductTheory

extension LabelledExamplesTheory {
    /// Lines that a table holds at most.
    private static let mostRows = 24

    /// For readers.
    ///
    /// - Parameters:
    ///   - source: the source in the user's words
    ///   - measured: an in-context loss that was measured, whose switch points are wanted as well
    /// - Returns: lines.
    func text(source: String, measured: Double?) -> String {
        let count = law.trainingCount.map { "\($0) sequences" } ?? "endless"
        let facts = [
            ("source", source),
            ("classes", "\(law.classes) with \(law.labels) labels, in \(law.groupNames.joined(separator: ", "))"),
            ("contexts", "\(law.contexts), relevant with probability \(law.relevance.significant(6))"),
            ("training set", count),
            ("chance error", chanceError.fixed(6)),
            ("Bayes error", "\(bayesError.fixed(6)), loss \(learner.entropy.fixed(6)) nats"),
            (
                "in-context vote",
                "floor \(vote.floor.significant(4)), logits differ by at most \(vote.gap.significant(6))"
            ),
        ]
        return [
            TextTable.pairs(facts), "Learning in the weights (KT learner), in nats:\n" + inWeightTable,
            "The in-context loss and the data from which the weights are better:\n" + switchTable(measured),
            "The in-context loss by irrelevant contexts, in nats:\n" + boundTable,
            "Errors that each would end with, by view:\n" + viewTable,
        ].joined(separator: "\n") + regretLine + notes.map { "\n\($0)\n" }.joined()
    }

    private func name(_ stratum: Stratum) -> String {
        let isOnly = strata.count { $0.group == stratum.group } == 1
        return isOnly ? stratum.group : "\(stratum.group) \(stratum.classes[0])"
    }

    private var inWeightTable: String {
        var table = TextTable([
            ("classes", .left), ("number", .right), ("probability", .right), ("samples", .right), ("loss", .right),
            ("mean excess", .right), ("at most", .right),
        ])
        for stratum in strata.prefix(Self.mostRows) {
            let samples = stratum.samples ?? .nan
            let isSome = samples >= 1
            table.add([
                name(stratum), "\(stratum.classes.count)", stratum.counts.probability.significant(6),
                samples.isNaN ? "-" : samples.significant(6),
                samples.isNaN ? "-" : (learner.entropy + learner.excess(after: samples)).fixed(6),
                isSome ? learner.averageExcess(over: samples).fixed(6) : "-",
                isSome ? learner.averageExcessBound(over: samples).fixed(6) : "-",
            ])
        }
        return table.text + rest(strata.count)
    }

    private func switchTable(_ measured: Double?) -> String {
        var table = TextTable([
            ("classes", .left), ("contexts", .left), ("at least", .right), ("at most", .right), ("samples", .right),
            ("training set", .right),
        ])
        func range(_ early: Int?, _ late: Int?) -> String {
            let ends = [early, late].map { $0.map { "\($0)" } ?? "never" }
            return ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
        }
        for stratum in strata.prefix(Self.mostRows) {
            for setting in stratum.settings {
                table.add([
                    name(stratum), setting.name, setting.risk.lower.fixed(6), setting.risk.upper.fixed(6),
                    range(setting.early?.samples, setting.late?.samples),
                    range(setting.early?.trainingCount, setting.late?.trainingCount),
                ])
            }
            guard let measured else { continue }
            let point = switchPoint(stratum, inContextRisk: measured)
            table.add([
                name(stratum), "measured", measured.fixed(6), measured.fixed(6),
                range(point?.samples, point?.samples), range(point?.trainingCount, point?.trainingCount),
            ])
        }
        return table.text + rest(strata.count)
    }

    private var boundTable: String {
        var table = TextTable([("irrelevant", .right), ("at least", .right), ("at most", .right)])
        for wrong in 0...min(law.contexts, Self.mostRows) {
            let bounds = vote.bounds(wrong: wrong)
            table.add(["\(wrong)", bounds.lower.fixed(10), bounds.upper.fixed(10)])
        }
        return table.text + rest(law.contexts)
    }

    private var viewTable: String {
        var table = TextTable([("view", .left), ("in weights", .right), ("in context", .right)])
        for view in views { table.add([view.view, view.inWeight.fixed(6), view.inContext.fixed(6)]) }
        return table.text
    }

    private var regretLine: String {
        guard let bound = regret.bound, let byClass = regret.boundByClass, let rate = regret.rate else { return "" }
        return "\nHedge over both, once through the training set with rate \(rate.significant(4)): regret at most "
            + "\(bound.significant(6)) nats, \(byClass.significant(6)) with a rule for every class.\n"
    }

    private func rest(_ count: Int) -> String {
        count > Self.mostRows ? "(the first \(Self.mostRows); --format json has all)\n" : ""
    }
}
