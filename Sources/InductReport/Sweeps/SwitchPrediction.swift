// SPDX-License-Identifier: Apache-2.0

/// What theory says of a source of labelled examples without training: errors to compare with, and the sizes of the
/// training set at which weights become the better guide than contexts.
package struct SwitchPrediction: Equatable, Sendable {
    /// Chance, and the least error there is.
    package var levels: [ErrorLevel]
    package var groups: [Group]

    /// A group of classes.
    package struct Group: Equatable, Sendable {
        package var name: String
        /// N for a gate that knows the query's class alone.
        package var early: Double
        /// N for a gate that sees whether the context helps; infinite: never.
        package var late: Double

        package init(name: String, early: Double, late: Double) {
            self.name = name
            self.early = early
            self.late = late
        }
    }

    package init(levels: [ErrorLevel], groups: [Group]) {
        self.levels = levels
        self.groups = groups
    }
}
