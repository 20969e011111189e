// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The update plans of a training, a new one wherever a group of parameters begins or ends to hold.
struct UpdatePhases: Sendable {
    /// The first step of each plan, from 1, ascending.
    private let firsts: [Int]
    private let plans: [UpdatePlan]

    /// - Throws: as `UpdateTreatment.all`.
    init(
        _ layout: ParameterLayout, _ settings: OptimizerSettings, groups: [Recipe.Training.ParameterGroup]
    ) throws(SpecError) {
        let borders = groups.flatMap { [$0.after] + ($0.until.map { [$0] } ?? []) }
        firsts = Set(borders + [0]).sorted().map { $0 + 1 }
        plans = try firsts.map { first throws(SpecError) in
            UpdatePlan(layout, try UpdateTreatment.all(of: layout, settings, groups: groups, at: first))
        }
    }

    /// The most items of work that any of them has.
    var mostItems: Int { plans.map(\.items.count).max() ?? 0 }

    /// The plan for the update of a step, from 1.
    ///
    /// - Complexity: O(plans); allocates nothing.
    func plan(at step: Int) -> UpdatePlan {
        var index = 0
        while index + 1 < firsts.count, firsts[index + 1] <= step { index += 1 }
        return plans[index]
    }
}
