// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Holds outputs that are declared as probabilities to what probabilities are: a model whose rows sum to more than one would
/// seem better than any.
///
/// Formula: p_k >= 0, |sum_k p_k - 1| <= `tolerance`. What is not a number is left to the loss, which diverges.
enum OutputLaws {
    /// Far more than rounding, far less than what would change a figure.
    static let tolerance: Float = 1e-3

    /// Takes the outputs `[rows, width]` of an architecture or gate.
    ///
    /// - Throws: `PluginFailure` for the first row that is no law.
    static func check(
        _ outputs: UnsafePointer<Float>, rows: Int, width: Int, of architecture: any Architecture
    ) throws(PluginFailure) {
        guard architecture.output == .probabilities else { return }
        for row in 0..<rows {
            let law = outputs + row * width
            var sum: Float = 0
            var least: Float = 0
            for column in 0..<width {
                sum += law[column]
                least = min(least, law[column])
            }
            guard abs(sum - 1) > tolerance || least < -tolerance else { continue }
            throw PluginFailure(
                plugin: architecture.spec, call: "forward", status: 13,
                message: "it says that it gives probabilities, and those of row \(row) "
                    + (least < -tolerance ? "go down to \(least)" : "sum to \(sum)"))
        }
    }
}
