// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// How often each class of two groups occurs, in whole multiples of 2^-32, so that every machine draws alike.
///
/// Class c takes the words `[ends[c - 1], ends[c])` of the 2^32; the first `frequent` classes come first.
struct ClassLaw: Sendable {
    /// Which classes a query is drawn from.
    enum Group: Sendable {
        case all
        case frequent
        case rare
    }

    /// Number of frequent classes.
    let frequent: Int
    private let ends: [UInt64]
    /// The class in which the words that begin with these ten bits begin.
    private let guide: [Int32]
    private static let whole: UInt64 = 1 << 32
    private static let guideShift: UInt64 = 22

    /// Number of classes C.
    var count: Int { ends.count }

    /// A frequent class with probability `high`, a rare one otherwise, uniform inside each group.
    init(frequent: Int, rare: Int, high: Double) {
        let share = UInt64((high * Double(Self.whole)).rounded(.down))
        self.init(
            frequent: frequent,
            ends: (1...frequent).map { Self.part($0, of: frequent, share) }
                + (1...rare).map { share + Self.part($0, of: rare, Self.whole - share) })
    }

    /// Class k, counted from 1, with probability proportional to k^-exponent (Zipf).
    init(frequent: Int, rare: Int, exponent: Double) {
        let weights = (1...frequent + rare).map {
            ReproducibleFunctions.exponential(-exponent * ReproducibleFunctions.logarithm(Double($0)))
        }
        var sums: [Double] = []
        for weight in weights { sums.append((sums.last ?? 0) + weight) }
        let total = sums.last ?? 1
        var ends = sums.map { UInt64(($0 / total * Double(Self.whole)).rounded(.down)) }
        ends[ends.count - 1] = Self.whole
        self.init(frequent: frequent, ends: ends)
    }

    /// `count` classes, all alike.
    init(uniform count: Int) {
        self.init(frequent: count, ends: (1...count).map { Self.part($0, of: count, Self.whole) })
    }

    private init(frequent: Int, ends: [UInt64]) {
        self.frequent = frequent
        self.ends = ends
        var guide: [Int32] = []
        var label = 0
        for cell in 0..<UInt64(1) << (32 - Self.guideShift) {
            while ends[label] <= cell << Self.guideShift { label += 1 }
            guide.append(Int32(label))
        }
        self.guide = guide
    }

    private static func part(_ index: Int, of count: Int, _ share: UInt64) -> UInt64 {
        share * UInt64(index) / UInt64(count)
    }

    /// P(class).
    func probability(_ label: Int) -> Double { Double(width(label)) * 0x1p-32 }

    /// A class by its probability.
    func draw(_ word: UInt32) -> Int { label(at: UInt64(word)) }

    /// A class other than `label`, by the probabilities of the others; `label` itself where there is no other.
    func draw(_ word: UInt32, otherThan label: Int) -> Int {
        let rest = Self.whole - width(label)
        guard rest > 0 else { return label }
        let place = (UInt64(word) * rest) >> 32
        return self.label(at: place < start(label) ? place : place + width(label))
    }

    /// A class of a group by its probability there; uniform in a group that never occurs.
    func draw(_ word: UInt32, from group: Group) -> Int {
        let border = ends[frequent - 1]
        switch group {
        case .all: return draw(word)
        case .frequent:
            return border > 0 ? label(at: (UInt64(word) * border) >> 32) : randomIndex(word, below: frequent)
        case .rare:
            let rest = Self.whole - border
            return rest > 0
                ? label(at: border + (UInt64(word) * rest) >> 32)
                : frequent + randomIndex(word, below: count - frequent)
        }
    }

    private func start(_ label: Int) -> UInt64 { label == 0 ? 0 : ends[label - 1] }
    private func width(_ label: Int) -> UInt64 { ends[label] - start(label) }

    private func label(at place: UInt64) -> Int {
        var label = Int(guide[Int(place >> Self.guideShift)])
        while ends[label] <= place { label += 1 }
        return label
    }
}
