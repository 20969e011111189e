// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What an online rule loses at most against the best fixed weights, when losses differ by at most M.
///
/// Hedge over K experts for T rounds with eta = sqrt(8 ln K / (T M^2)) has a regret of at most M sqrt(T ln K / 2); with a
/// rule of its own for every key, the regrets of keys add up.
/// Source: Cesa-Bianchi, Lugosi 2006, Prediction, Learning, and Games, theorem 2.2.
package enum OnlineRegret {
    /// eta for T rounds.
    package static func rate(experts: Int = 2, rounds: Double, largestDifference: Double) -> Double {
        (8 * log(Double(experts)) / (rounds * largestDifference * largestDifference)).squareRoot()
    }

    /// M sqrt(T ln K / 2).
    package static func bound(experts: Int = 2, rounds: Double, largestDifference: Double) -> Double {
        largestDifference * (rounds * log(Double(experts)) / 2).squareRoot()
    }

    /// Over keys that see T_k rounds each.
    package static func bound(experts: Int = 2, roundsByKey: [Double], largestDifference: Double) -> Double {
        roundsByKey.reduce(0) { $0 + bound(experts: experts, rounds: $1, largestDifference: largestDifference) }
    }
}
