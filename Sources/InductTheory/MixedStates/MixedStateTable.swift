// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The distinct beliefs met so far, each with its next-token law, its observables and the edges that leave it.
///
/// Equal beliefs are merged: a belief is projected onto a fixed direction, the projection is cut into cells, and the
/// beliefs of a cell (and of its neighbour, close to the border) are compared entry by entry. Two beliefs are equal when
/// no entry differs by more than `tolerance` times the larger of 1 and the belief's largest entry.
final class MixedStateTable {
    /// Largest difference of two entries of equal beliefs.
    static let tolerance = 1e-13
    /// An edge that has not been followed yet.
    static let open: Int32 = -1

    let model: HiddenMarkovModel
    let observer: BeliefObserver
    private(set) var count = 0
    private var capacity = 0
    /// `[count, states]`, belief . right = 1
    private(set) var beliefs: UnsafeMutablePointer<Double>
    /// `[count, tokens]`
    private(set) var laws: UnsafeMutablePointer<Double>
    /// `[count, observer.count]`
    private(set) var observables: UnsafeMutablePointer<Double>
    /// `[count, tokens]`: the state after each token, or `open`
    private(set) var successors: UnsafeMutablePointer<Int32>
    /// `[count, tokens]`: bound on the entropy's error from the merging of the successor
    private(set) var mergeErrors: UnsafeMutablePointer<Float>
    private var nextInCell: UnsafeMutablePointer<Int32>
    private let direction: [Double]
    private let cellWidth: Double
    private var slots: [Int32]
    private var slotKeys: [Int64]
    private var usedSlots = 0
    /// The most negative probability that was met, at most 0.
    private(set) var mostNegative = 0.0

    init(model: HiddenMarkovModel, observer: BeliefObserver) {
        self.model = model
        self.observer = observer
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        direction = (0..<model.states).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return 0.5 + Double(state >> 11) * 0x1p-53
        }
        cellWidth = max(1e-10, 8 * Double(model.states) * Self.tolerance)
        capacity = 64
        beliefs = .allocate(capacity: capacity * model.states)
        laws = .allocate(capacity: capacity * model.tokens)
        observables = .allocate(capacity: capacity * observer.count)
        successors = .allocate(capacity: capacity * model.tokens)
        mergeErrors = .allocate(capacity: capacity * model.tokens)
        nextInCell = .allocate(capacity: capacity)
        slots = Array(repeating: -1, count: 256)
        slotKeys = Array(repeating: 0, count: 256)
    }

    deinit {
        beliefs.deallocate()
        laws.deallocate()
        observables.deallocate()
        successors.deallocate()
        mergeErrors.deallocate()
        nextInCell.deallocate()
    }

    /// Forgets all states and keeps the memory.
    func reset() {
        count = 0
        usedSlots = 0
        for i in slots.indices { slots[i] = -1 }
    }

    /// Finds the state of a belief, or makes it.
    ///
    /// - Parameter belief: `[states]`, normalised
    /// - Returns: the state's number, and the largest difference to the belief it stands for (0 for a new state).
    func insert(_ belief: UnsafePointer<Double>) -> (id: Int, distance: Double) {
        let states = model.states
        var projection = 0.0
        var scale = 1.0
        direction.withUnsafeBufferPointer { direction in
            for i in 0..<states {
                projection += direction[i] * belief[i]
                scale = max(scale, abs(belief[i]))
            }
        }
        let position = (projection / cellWidth).rounded(.down)
        guard abs(position) < 0x1p62 else { return (append(belief, key: Int64.max), 0) }
        let key = Int64(position)
        let tolerance = Self.tolerance * scale
        if let found = find(belief, key, tolerance) { return found }
        let slack = 2 * Double(states) * tolerance
        let offset = projection - position * cellWidth
        if offset < slack, let found = find(belief, key - 1, tolerance) { return found }
        if cellWidth - offset < slack, let found = find(belief, key + 1, tolerance) { return found }
        return (append(belief, key: key), 0)
    }

    func follow(_ id: Int, _ token: Int, to successor: Int, error: Float) {
        successors[id * model.tokens + token] = Int32(successor)
        mergeErrors[id * model.tokens + token] = error
    }

    private func slot(of key: Int64) -> Int {
        var hash = UInt64(bitPattern: key)
        hash = (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 24) & mask
        while slots[slot] >= 0, slotKeys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    private func find(_ belief: UnsafePointer<Double>, _ key: Int64, _ tolerance: Double) -> (Int, Double)? {
        var id = Int(slots[slot(of: key)])
        let states = model.states
        while id >= 0 {
            let candidate = beliefs + id * states
            var distance = 0.0
            for i in 0..<states {
                distance = max(distance, abs(candidate[i] - belief[i]))
                if distance > tolerance { break }
            }
            if distance <= tolerance { return (id, distance) }
            id = Int(nextInCell[id])
        }
        return nil
    }

    private func append(_ belief: UnsafePointer<Double>, key: Int64) -> Int {
        if count == capacity { grow() }
        if 2 * (usedSlots + 1) > slots.count { rehash() }
        let id = count
        count += 1
        let tokens = model.tokens
        (beliefs + id * model.states).update(from: belief, count: model.states)
        let law = laws + id * tokens
        model.transition.law(of: beliefs + id * model.states, into: law)
        for x in 0..<tokens {
            if law[x] < 0 {
                mostNegative = min(mostNegative, law[x])
                law[x] = 0
            }
            successors[id * tokens + x] = Self.open
            mergeErrors[id * tokens + x] = 0
        }
        observer.observe(belief: beliefs + id * model.states, law: law, into: observables + id * observer.count)
        let slot = slot(of: key)
        if slots[slot] < 0 {
            usedSlots += 1
            slotKeys[slot] = key
        }
        nextInCell[id] = slots[slot]
        slots[slot] = Int32(id)
        return id
    }

    private func grow() {
        func enlarged<T>(_ old: UnsafeMutablePointer<T>, _ width: Int) -> UnsafeMutablePointer<T> {
            let new = UnsafeMutablePointer<T>.allocate(capacity: 2 * capacity * width)
            new.moveInitialize(from: old, count: capacity * width)
            old.deallocate()
            return new
        }
        beliefs = enlarged(beliefs, model.states)
        laws = enlarged(laws, model.tokens)
        observables = enlarged(observables, observer.count)
        successors = enlarged(successors, model.tokens)
        mergeErrors = enlarged(mergeErrors, model.tokens)
        nextInCell = enlarged(nextInCell, 1)
        capacity *= 2
    }

    private func rehash() {
        let heads = slots
        let keys = slotKeys
        slots = Array(repeating: -1, count: 2 * heads.count)
        slotKeys = Array(repeating: 0, count: 2 * heads.count)
        for old in heads.indices where heads[old] >= 0 {
            let new = slot(of: keys[old])
            slots[new] = heads[old]
            slotKeys[new] = keys[old]
        }
    }
}
