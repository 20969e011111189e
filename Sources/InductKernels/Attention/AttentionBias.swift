// SPDX-License-Identifier: Apache-2.0

// What is added to the scaled product of query i and key j: b(i - j) = slope (j - i) + relative[i - j], where a distance
// below zero has no entry. It depends on the distance alone, so one row of numbers serves a group of queries and a block
// of keys, written backwards: keys run forward as distances run backward.
//
//      row r of the group, key o of the block:   window[maximalRows - 1 - r + o] = b(group + r - block - o)
//
// Sources: O. Press et al., "Train short, test long", 2022 (slopes); C. Raffel et al., "Exploring the limits of transfer
// learning with a unified text-to-text transformer", 2020, section 2.1 (a number for each distance).

import CInduct
import CVectors

struct AttentionBias {
    private let slope: Float
    private let relative: UnsafePointer<Float>?
    private let length: Int

    /// Room for one window, with a vector to read beyond it.
    static var windowFloats: Int {
        roundedUp(AttentionBlocks.maximalRows + AttentionBlocks.maximalKeys + lanes, toMultipleOf: lanes)
    }

    @inline(always)
    init(_ call: induct_attention, head: Int) {
        length = Int(call.length)
        slope = call.slopes?[head] ?? 0
        relative = call.relative.map { $0 + head * Int(call.length) }
    }

    /// Scores are scaled products alone.
    var isEmpty: Bool { slope == 0 && relative == nil }

    /// Where a row's numbers begin in the window; `row` counts from the group's first.
    @inline(always)
    static func start(row: Int) -> Int { AttentionBlocks.maximalRows - 1 - row }

    /// Writes what `rows` queries from `group` on and `keys` keys from `block` on read.
    @inline(always)
    func fill(_ window: UnsafeMutablePointer<Float>, group: Int, rows: Int, block: Int, keys: Int) {
        let first = Self.start(row: rows - 1)
        let end = AttentionBlocks.maximalRows + roundedUp(keys, toMultipleOf: lanes)
        let top = Self.distance(first, group: group, block: block)
        var offset = 0
        while first + offset < end {
            let distances = Vector(repeating: Float(top - offset)) - laneNumbers
            store(
                distances * Vector(repeating: -slope), window + first + offset,
                count: min(lanes, Self.windowFloats - first - offset))
            offset += lanes
        }
        guard let relative else { return }
        let entries = Self.entries(top: top, count: end - first, length: length)
        for index in entries { window[first + index] += relative[top - index] }
    }

    /// Adds a window of gradients to those of the distances.
    @inline(always)
    func add(
        _ window: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, group: Int, rows: Int, block: Int,
        keys: Int
    ) {
        let first = Self.start(row: rows - 1)
        let top = Self.distance(first, group: group, block: block)
        let entries = Self.entries(top: top, count: rows + keys - 1, length: length)
        for index in entries { gradient[top - index] += window[first + index] }
    }

    /// The distance of this place in the window.
    @inline(always)
    private static func distance(_ place: Int, group: Int, block: Int) -> Int {
        group + AttentionBlocks.maximalRows - 1 - block - place
    }

    /// Those of `count` places from distance `top` downwards whose distance lies in [0, length).
    @inline(always)
    private static func entries(top: Int, count: Int, length: Int) -> Range<Int> {
        let start = max(0, top - length + 1)
        return start..<max(start, min(count, top + 1))
    }
}
