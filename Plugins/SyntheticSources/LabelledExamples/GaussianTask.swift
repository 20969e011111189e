// SPDX-License-Identifier: Apache-2.0

import InductSDK
import Synchronization

/// What belongs to a seed of `gaussian-classes`: centres, the queries that are fixed, and the training set where it is kept.
final class GaussianTask: Sendable {
    let centres: ClassCentres
    /// nil: the training view is endless.
    let fixedQueries: FixedQueries?
    /// Whether the training set may be kept in memory.
    private let keepsTrainingSet: Bool
    private let published = Atomic<Unmanaged<TrainingSet>?>(nil)
    private let made = Mutex<TrainingSet?>(nil)

    init(centres: ClassCentres, fixedQueries: FixedQueries?, keepsTrainingSet: Bool) {
        self.centres = centres
        self.fixedQueries = fixedQueries
        self.keepsTrainingSet = keepsTrainingSet
    }

    /// The training set, made by the first who asks; nil where it is not kept.
    func trainingSet(_ make: () -> TrainingSet) -> TrainingSet? {
        guard keepsTrainingSet else { return nil }
        if let set = published.load(ordering: .acquiring)?.takeUnretainedValue() { return set }
        return made.withLock { made in
            let set = made ?? make()
            made = set
            published.store(Unmanaged.passUnretained(set), ordering: .releasing)
            return set
        }
    }
}
