// SPDX-License-Identifier: Apache-2.0

/// Colours that people with any kind of colour vision can tell apart, on white.
package enum Palette {
    package static let theory = "#000000"
    package static let reference = "#767676"

    /// For things without an order.
    ///
    /// Source: Okabe, Ito 2008, "Color Universal Design", without black and yellow.
    package static let categories = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"]

    /// `count` colours for spans, which none of the lines has.
    static func spans(_ count: Int) -> [String] {
        count <= 2 ? Array(["#4d4d4d", "#a08a00"].prefix(count)) : sequence(count)
    }

    /// Control points of the viridis map from yellow-green to dark violet, the palest end left out.
    ///
    /// Source: Smith, van der Walt, Firing 2015, matplotlib's viridis.
    private static let ramp: [(Double, Double, Double)] = [
        (174, 209, 51), (94, 201, 98), (33, 145, 140), (59, 82, 139), (68, 1, 84),
    ]

    /// `count` colours for things in order, light to dark.
    package static func sequence(_ count: Int) -> [String] {
        guard count > 1 else { return count == 1 ? [categories[0]] : [] }
        return (0..<count).map { index in
            let place = Double(index) / Double(count - 1) * Double(ramp.count - 1)
            let low = min(Int(place), ramp.count - 2)
            let share = place - Double(low)
            let (a, b) = (ramp[low], ramp[low + 1])
            func mix(_ from: Double, _ to: Double) -> Int { Int((from + (to - from) * share).rounded()) }
            return hexadecimal([mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2)])
        }
    }

    /// `count` colours to mix, in which all others are recognised.
    package static func mixable(_ count: Int) -> [String] {
        count <= 3 ? Array(["#d81b1b", "#1b9e1b", "#1b3bd8"].prefix(count)) : sequence(count)
    }

    /// The mean of colours, weighed by a law over them; weights below 0 count as 0.
    package static func mix(_ colours: [String], _ weights: [Double]) -> String {
        var parts = [0.0, 0.0, 0.0]
        for (colour, weight) in zip(colours, weights) {
            let value = Int(colour.dropFirst(), radix: 16) ?? 0
            for channel in parts.indices {
                parts[channel] += max(0, weight) * Double((value >> (16 - 8 * channel)) & 255)
            }
        }
        return hexadecimal(parts.map { max(0, min(255, Int($0.rounded()))) })
    }

    private static func hexadecimal(_ parts: [Int]) -> String {
        "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
