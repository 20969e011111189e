// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The discrete part of a sample: which classes it shows and how they are labelled.
struct ExampleDraw: Sendable {
    /// The law and the contexts of training.
    let rule: ContextRule
    /// The same over the held-out classes, counted from 0; nil without.
    let heldOut: ContextRule?
    let relevance: Chance
    let burstiness: Chance
    let labelNoise: Chance
    let views: [ExampleView]

    /// The draws of a sample.
    static let choiceDraw: UInt32 = 1

    /// What is written for a sample, one int32 each: the class of every slot and of the query, their labels in the same
    /// order, and whether the context holds the query's class.
    struct Facts {
        let slots: Int
        let start: UnsafeMutablePointer<Int32>

        static func count(slots: Int) -> Int { 2 * slots + 3 }

        var classes: UnsafeMutablePointer<Int32> { start }
        var labels: UnsafeMutablePointer<Int32> { start + (slots + 1) }
        var queryClass: Int32 { classes[slots] }
        var target: Int32 { labels[slots] }
        var relevance: Int32 {
            get { start[2 * slots + 2] }
            nonmutating set { start[2 * slots + 2] = newValue }
        }
    }

    private var classCount: Int { rule.law.count }

    /// Draws sample `index` of a view.
    ///
    /// - Parameters:
    ///   - view: index of the view.
    ///   - seed: of everything random.
    ///   - index: number of the sample.
    ///   - query: the query's class where the training set fixes it; nil: it is drawn.
    ///   - facts: what is written.
    func draw(view: Int, seed: UInt64, index: UInt64, query: Int?, into facts: Facts) {
        let shown = views[view]
        var stream = RandomStream(
            seed: seed, purpose: DrawPurpose(view: view, kind: Self.choiceDraw), index: index)
        let rule = shown.isHeldOut ? heldOut ?? self.rule : self.rule
        let drawn = rule.law.draw(stream.next(), from: shown.query)
        let query = query ?? drawn
        let isOften = relevance.holds(stream.next())
        let isRelevant = shown.context == .standard ? isOften : shown.context == .relevant
        let isBursty = burstiness.isPossible && burstiness.holds(stream.next())
        rule.draw(query, isRelevant: isRelevant, isBursty: isBursty, &stream, into: facts.classes)
        facts.classes[rule.slots] = Int32(query)
        facts.relevance = isRelevant ? 1 : 0
        // Held-out classes are numbered by a turn of the circle of labels, another one in every sequence.
        let turn = shown.isHeldOut ? Int32(randomIndex(stream.next(), below: classCount)) : 0
        for slot in 0...rule.slots {
            var label = facts.classes[slot]
            if shown.isHeldOut {
                label = (label + turn) % Int32(classCount)
                facts.classes[slot] += Int32(classCount)
            } else if shown.isShifted {
                label = shifted(label)
            }
            if labelNoise.isPossible, labelNoise.holds(stream.next()) { label = (label + 1) % Int32(classCount) }
            facts.labels[slot] = label
        }
    }

    /// The next class of the same group, in a circle.
    func shifted(_ label: Int32) -> Int32 {
        let frequent = Int32(rule.law.frequent)
        if label < frequent { return label + 1 == frequent ? 0 : label + 1 }
        return label + 1 == Int32(classCount) ? frequent : label + 1
    }
}

/// An event of a given probability, decided by one word: a whole multiple of 2^-32.
struct Chance: Sendable {
    private let threshold: UInt64

    /// `probability` in [0, 1].
    init(_ probability: Double) { threshold = UInt64((probability * 0x1p32).rounded(.down)) }

    var isPossible: Bool { threshold > 0 }
    var probability: Double { Double(threshold) * 0x1p-32 }

    func holds(_ word: UInt32) -> Bool { UInt64(word) < threshold }
}
