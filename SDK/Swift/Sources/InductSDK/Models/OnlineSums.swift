// SPDX-License-Identifier: Apache-2.0

/// Sums that an online rule keeps in its parameters: counts, cumulative losses, weights.
///
/// A float32 alone stops counting at 2^24. Each sum lies in two parameters of the same shape, a rounded value and what the
/// rounding left out: value = high + low, some 48 bits.
///
/// Source: Dekker, "A floating-point technique for extending the available precision", 1971.
public struct OnlineSums {
    private let high: UnsafePointer<Float>
    private let low: UnsafePointer<Float>

    /// Describes the two parameters: `name` and `name.remainder`.
    public static func parameters(_ name: String, _ shape: [Int], start: Initialiser = .zeros) -> [ModelParameter] {
        [
            ModelParameter(name, shape, start, isOnline: true),
            ModelParameter("\(name).remainder", shape, .zeros, isOnline: true),
        ]
    }

    /// Those that a pass sees from the parameter `first` on.
    public init(_ pass: borrowing Pass, first: Int = 0) {
        high = pass.parameter(first)
        low = pass.parameter(first + 1)
    }

    /// The sum with this index.
    public subscript(index: Int) -> Double { Double(high[index]) + Double(low[index]) }

    /// Sums that an observation may change.
    public struct Growing {
        private let high: UnsafeMutablePointer<Float>
        private let low: UnsafeMutablePointer<Float>

        /// Those from the parameter `first` on.
        public init(_ observation: borrowing Observation, first: Int = 0) {
            high = observation.parameter(first)
            low = observation.parameter(first + 1)
        }

        /// The sum with this index.
        public subscript(index: Int) -> Double {
            get { Double(high[index]) + Double(low[index]) }
            nonmutating set {
                high[index] = Float(newValue)
                low[index] = Float(newValue - Double(high[index]))
            }
        }
    }
}
