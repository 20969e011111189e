// SPDX-License-Identifier: Apache-2.0

import InductReport
import InductTheory

extension SwitchFigure {
    /// The in-weight loss of every kind of class, the range of the in-context loss over them, and the latest switch points.
    init(_ theory: LabelledExamplesTheory, source: String) {
        let lines = theory.strata.map { stratum in
            Line(
                name: "\(stratum.group), p = \(stratum.counts.probability.significant(3))",
                points: theory.curveCounts.map { ($0, theory.inWeightRisk(stratum, trainingCount: $0)) },
                switches: stratum.settings.compactMap { setting in
                    setting.late?.trainingCount.map { (setting.name, Double($0)) }
                })
        }
        let levels = ["default", "relevant"].flatMap { name -> [Level] in
            let risks = theory.strata.flatMap(\.settings).filter { $0.name == name }.map(\.risk)
            guard let low = risks.map(\.lower).min(), let high = risks.map(\.upper).max() else { return [] }
            return [
                Level(name: "in context, \(name): at least", loss: low),
                Level(name: "in context, \(name): at most", loss: high),
            ]
        }
        self.init(lines, levels: levels, source: source)
    }
}
