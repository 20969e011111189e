// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What belongs to a seed of `gaussian-classes`.
final class GaussianTask: Sendable {
    let centres: ClassCentres
    /// nil: the training view is endless.
    let fixedQueries: FixedQueries?

    init(centres: ClassCentres, fixedQueries: FixedQueries?) {
        self.centres = centres
        self.fixedQueries = fixedQueries
    }
}
