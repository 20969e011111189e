// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What a view of labelled examples shows.
struct ExampleView: Sendable {
    /// Whether the context holds the query's class.
    enum Context: String, CaseIterable, Sendable {
        /// With the probability of training.
        case standard = "default"
        case relevant
        case irrelevant
    }

    var name: String
    var context = Context.standard
    /// Where the query's class is drawn from.
    var query = ClassLaw.Group.all
    /// Out-of-base distribution: every label is the next of its group, in a circle, while inputs keep their class.
    var isShifted = false
    /// Classes that training never shows, whose labels the context alone tells.
    var isHeldOut = false

    /// "train", "test", then {default, relevant, irrelevant}-{all, frequent, rare}-{ibd, oobd}, then "held-out".
    static func all(withHeldOut: Bool) -> [ExampleView] {
        var views = [ExampleView(name: "train"), ExampleView(name: "test")]
        for context in Context.allCases {
            for (name, query) in [("all", ClassLaw.Group.all), ("frequent", .frequent), ("rare", .rare)] {
                for isShifted in [false, true] {
                    views.append(
                        ExampleView(
                            name: "\(context.rawValue)-\(name)-\(isShifted ? "oobd" : "ibd")", context: context,
                            query: query, isShifted: isShifted))
                }
            }
        }
        if withHeldOut { views.append(ExampleView(name: "held-out", context: .relevant, isHeldOut: true)) }
        return views
    }
}
