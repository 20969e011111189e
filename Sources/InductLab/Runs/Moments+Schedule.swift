// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Recipe.Moments {
    /// Whether `step` belongs to them; the last step always does.
    ///
    /// Step 0 is the untrained model.
    package func contains(_ step: Int, lastStep: Int) -> Bool {
        if step == lastStep { return true }
        switch self {
        case .every(let steps):
            return steps > 0 && step % steps == 0
        case .at(let steps):
            return steps.contains(step)
        case .logarithmic(let perDecade):
            return step <= 1 || (perDecade > 0 && Self.isLogarithmic(step, perDecade))
        }
    }

    /// Whether step = round(10^(k / perDecade)) for a k.
    private static func isLogarithmic(_ step: Int, _ perDecade: Int) -> Bool {
        let guess = Int(ReproducibleFunctions.logarithm(Double(step)) * Double(perDecade) / ln10)
        return (max(0, guess - 1)...guess + 1).contains { k in
            let power = ReproducibleFunctions.exponential(Double(k) * ln10 / Double(perDecade))
            return Int(power.rounded()) == step
        }
    }

    private static var ln10: Double { 2.302585092994046 }

    /// - Throws: `SpecError` for moments that can never come.
    package func check(_ name: String) throws(SpecError) {
        switch self {
        case .every(let steps) where steps < 1:
            throw SpecError("the evaluation '\(name)' comes every \(steps) steps: it must be at least 1")
        case .logarithmic(let perDecade) where perDecade < 1:
            throw SpecError("the evaluation '\(name)' comes \(perDecade) times a decade: it must be at least 1")
        case .at(let steps) where steps.contains { $0 < 0 }:
            throw SpecError("the evaluation '\(name)' comes at a negative step")
        default:
            return
        }
    }
}
