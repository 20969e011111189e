// SPDX-License-Identifier: Apache-2.0

internal import Glibc
import InductCore

/// A kind of context to be measured in.
struct LabelledSetting {
    let name: String
    /// Probability that the contexts hold the query's class.
    let relevance: Double

    /// The training law's own contexts, relevant ones, irrelevant ones.
    static func all(_ law: LabelledExamplesLaw) -> [LabelledSetting] {
        [
            LabelledSetting(name: "default", relevance: law.relevance),
            LabelledSetting(name: "relevant", relevance: 1), LabelledSetting(name: "irrelevant", relevance: 0),
        ]
    }
}

extension LabelledExamplesTheory.ViewErrors {
    /// Of the three settings, all classes and each group, with the labels of training (ibd) and with every label replaced
    /// by that of the next class in its group (oobd); a group's queries are drawn as in training, given the group.
    static func all(_ law: LabelledExamplesLaw, _ trained: OtherLabels) -> [Self] {
        let shifted = OtherLabels(law, labelOfClass: shiftedLabels(law))
        let groups: [(name: String, classes: [Int])] =
            [("all", Array(law.classProbability.indices))]
            + (law.groupNames.count < 2
                ? []
                : law.groupNames.enumerated().map { number, name in
                    (name, law.classProbability.indices.filter { law.groupOfClass[$0] == number })
                })
        return LabelledSetting.all(law).flatMap { setting in
            groups.flatMap { group in
                [("ibd", trained), ("oobd", shifted)].map { name, labels in
                    var (weight, inWeight, inContext) = (0.0, 0.0, 0.0)
                    for x in group.classes where law.classProbability[x] > 0 {
                        let p = law.classProbability[x]
                        weight += p
                        inWeight += p * guessError(law, class: x, label: labels.labelOfClass[x])
                        inContext += p * labels.contexts(ofQuery: x).copyingError(relevance: setting.relevance)
                    }
                    return Self(
                        view: "\(setting.name)-\(group.name)-\(name)", inWeight: inWeight / weight,
                        inContext: inContext / weight)
                }
            }
        }
    }

    /// The label of the next class of the group, by class; of the last class that of the first.
    private static func shiftedLabels(_ law: LabelledExamplesLaw) -> [Int] {
        var shifted = law.labelOfClass
        for group in law.groupNames.indices {
            let classes = law.classProbability.indices.filter { law.groupOfClass[$0] == group }
            for (place, x) in classes.enumerated() {
                shifted[x] = law.labelOfClass[classes[(place + 1) % classes.count]]
            }
        }
        return shifted
    }

    /// Of the likeliest label in training, where the class's own label has become `label`.
    private static func guessError(_ law: LabelledExamplesLaw, class x: Int, label: Int) -> Double {
        let guess = (law.labelOfClass[x] + (law.labelNoise > 0.5 ? 1 : 0)) % law.labels
        let hit = (guess == label ? 1 - law.labelNoise : 0) + (guess == (label + 1) % law.labels ? law.labelNoise : 0)
        return 1 - hit
    }
}

/// ln x.
func logarithm(_ x: Double) -> Double { log(x) }
