// SPDX-License-Identifier: Apache-2.0

import InductCore

extension Evaluator {
    /// Whether it watches the training batches, which there are only while a model is trained.
    var watchesTraining: Bool { needs.contains { $0.stream == .training } }
}
