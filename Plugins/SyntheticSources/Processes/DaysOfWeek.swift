// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Names of days and words about them.
///
/// Seven states, Monday to Sunday. Tokens 0 to 6 name a day and go there, Tomorrow 7, Yesterday 8, Weekend 9, Weekday 10.
/// Weights out of day s: the day that follows s 5, any other day 1; Tomorrow 1 to s + 1; Yesterday 1 to s - 1; Weekday 1/5 to
/// each of Monday to Friday; Weekend 1/2 to Saturday and to Sunday; all divided by their sum, 15.
struct DaysOfWeek: HiddenMarkovProcess {
    static let name = "days-of-week"
    static let summary = "names of days and words about them"
    static let examples = ["days-of-week"]

    let engine: HiddenMarkovEngine

    static func model(_ configuration: Configuration) throws(InductError) -> HiddenMarkovModel {
        let total = 15.0
        var transitions: [Transition] = []
        for day in 0..<7 {
            let following = (day + 1) % 7
            for named in 0..<7 {
                transitions.append(Transition(day, emits: named, to: named, (named == following ? 5 : 1) / total))
            }
            transitions.append(Transition(day, emits: 7, to: following, 1 / total))
            transitions.append(Transition(day, emits: 8, to: (day + 6) % 7, 1 / total))
            for weekday in 0..<5 { transitions.append(Transition(day, emits: 10, to: weekday, 0.2 / total)) }
            for free in 5..<7 { transitions.append(Transition(day, emits: 9, to: free, 0.5 / total)) }
        }
        return try HiddenMarkovModel(states: 7, tokens: 11, transitions)
    }
}
