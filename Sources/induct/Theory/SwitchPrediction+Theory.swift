// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport
import InductTheory

extension SwitchPrediction {
    /// The groups' switch points: the earliest of any of its classes where contexts are as in training, and the latest where
    /// they are relevant.
    init(_ theory: LabelledExamplesTheory) {
        let groups = theory.law.groupNames.compactMap { name -> Group? in
            let strata = theory.strata.filter { $0.group == name }
            func settings(_ kind: String) -> [LabelledExamplesTheory.Setting] {
                strata.flatMap(\.settings).filter { $0.name == kind }
            }
            guard let early = settings("default").compactMap({ $0.early?.trainingCount }).min() else { return nil }
            let late = settings("relevant").map { $0.late?.trainingCount.map(Double.init) ?? .infinity }.max()
            return Group(name: name, early: Double(early), late: max(Double(early), late ?? .infinity))
        }
        self.init(levels: ErrorLevel.all(theory), groups: groups)
    }
}

extension ErrorLevel {
    /// Chance, and the least error there is.
    static func all(_ theory: LabelledExamplesTheory) -> [ErrorLevel] {
        [
            ErrorLevel(name: "chance", error: theory.chanceError),
            ErrorLevel(name: "Bayes", error: theory.bayesError),
        ]
    }
}
