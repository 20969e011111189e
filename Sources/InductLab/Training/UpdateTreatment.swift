// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// What the optimiser does with one parameter.
package struct UpdateTreatment: Equatable, Sendable {
    /// Factor on the learning rate.
    package var rateFactor: Double
    package var decay: Double

    package init(rateFactor: Double = 1, decay: Double) {
        self.rateFactor = rateFactor
        self.decay = decay
    }

    /// Those of a model's parameters at the update of a step, from 1, in the layout's order.
    ///
    /// Without a group the optimiser's decay holds for those parameters that their architecture lets decay.
    ///
    /// - Throws: `SpecError` for a pattern that matches no trained parameter, with the nearest name there is.
    package static func all(
        of layout: ParameterLayout, _ settings: OptimizerSettings, groups: [Recipe.Training.ParameterGroup],
        at step: Int = 1
    ) throws(SpecError) -> [UpdateTreatment] {
        let names = layout.parameters.filter(\.isTrained).map(\.name)
        for (index, group) in groups.enumerated() {
            for pattern in group.patterns {
                let alone = Recipe.Training.ParameterGroup(patterns: [pattern])
                guard !names.contains(where: alone.matches) else { continue }
                let help = suggestion(for: pattern, among: names).nonEmpty ?? "; there are \(listed(names))"
                throw SpecError("training.groups.\(index): no trained parameter matches '\(pattern)'\(help)")
            }
        }
        return layout.parameters.map { parameter in
            let group = groups.first { $0.holds(at: step) && $0.matches(parameter.name) }
            return UpdateTreatment(
                rateFactor: group?.learningRateFactor ?? 1,
                decay: group?.decay ?? (parameter.isDecayed ? settings.decay : 0))
        }
    }

    /// The first few names.
    private static func listed(_ names: [String]) -> String {
        let few = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? "\(few) and \(names.count - 12) more" : few.nonEmpty ?? "none at all"
    }
}
