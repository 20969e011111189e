// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Model {
    /// The activations and attention patterns that evaluators may read, names prefixed by the path of their node.
    package var points: [Point] {
        leaves.flatMap { leaf in
            (leaf.architecture.activations + leaf.architecture.attention).map { point in
                Point(name: leaf.path + point.name, shape: point.shape)
            }
        }
    }
}
