// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The distinct beliefs met so far, each with its next-token law, its observables and the edges that leave it.
///
/// Equal beliefs are merged: a belief is mapped to one number, the number line is cut into cells, and the beliefs of a cell
/// (and of its neighbour, close to the border) are compared entry by entry. The beliefs of an HMM are computed without
/// cancellation, so that every entry is accurate relative to itself and is compared on that scale: a posterior of 1e-30 is
/// not 0, and what the past has told apart is never confused again. For a GHMM the scale is that of the whole belief.
final class MixedStateTable {
    /// Largest difference of two entries of equal beliefs, on their scale.
    static let tolerance = 2e-13
    /// Largest difference of beliefs that are suspiciously close.
    static let proximity = 1e-10
    /// Entries below this one are taken for zero, before they lose digits.
    static let smallest = 1e-250
    /// An edge that has not been followed yet.
    static let open: Int32 = -1

    let model: HiddenMarkovModel
    let observer: BeliefObserver
    private(set) var count = 0
    private var capacity = 0
    /// The normalised beliefs, `[count, states]`.
    private(set) var beliefs: UnsafeMutablePointer<Double>
    /// The next-token laws, `[count, tokens]`.
    private(set) var laws: UnsafeMutablePointer<Double>
    /// What is averaged, `[count, observer.count]`.
    private(set) var observables: UnsafeMutablePointer<Double>
    /// The state after each token, or `open`, `[count, tokens]`.
    private(set) var successors: UnsafeMutablePointer<Int32>
    /// Bound on the entropy's error from the merging of the successor, `[count, tokens]`.
    private(set) var mergeErrors: UnsafeMutablePointer<Float>
    private var nextInCell: UnsafeMutablePointer<Int32>
    private let direction: [Double]
    private let cellWidth: Double
    private var slots: [Int32]
    private var slotKeys: [Int64]
    private var usedSlots = 0
    /// Edges that a token of positive probability can take and that have not been followed.
    private(set) var openEdges = 0
    /// Whether two states were kept apart that differ by less than `proximity`: the sign of a family of beliefs that
    /// converges, so that a table that closes has only cut it off.
    private(set) var hasNearMisses = false
    /// The most negative probability of a next token, by state, where there is one; the laws hold 0 in its place.
    private(set) var negatives: [Int: Double] = [:]

    init(model: HiddenMarkovModel, observer: BeliefObserver) {
        self.model = model
        self.observer = observer
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        direction = (0..<model.states).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return 0.5 + Double(state >> 11) * 0x1p-53
        }
        cellWidth = max(1e-9, 100 * Double(model.states) * Self.tolerance)
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
        negatives.removeAll()
        openEdges = 0
        usedSlots = 0
        for i in slots.indices { slots[i] = -1 }
    }

    /// Finds the state of a belief, or makes it.
    ///
    /// - Parameter belief: `[states]`, normalised; negligible entries are set to 0
    /// - Returns: the state's number, and the largest difference to the belief it stands for (0 for a new state).
    func insert(_ belief: UnsafeMutablePointer<Double>) -> (id: Int, distance: Double) {
        let (projection, scale) = model.isGeneralised ? linearProjection(belief) : logarithmicProjection(belief)
        let position = (projection / cellWidth).rounded(.down)
        guard abs(position) < 0x1p62 else { return (append(belief, key: Int64.max), 0) }
        let key = Int64(position)
        let tolerance = Self.tolerance * scale
        if let found = find(belief, key, tolerance) { return found }
        let slack = 3 * Double(model.states) * tolerance + 1e-15 * abs(projection)
        let offset = projection - position * cellWidth
        if offset < slack, let found = find(belief, key - 1, tolerance) { return found }
        if cellWidth - offset < slack, let found = find(belief, key + 1, tolerance) { return found }
        return (append(belief, key: key), 0)
    }

    /// A fixed combination of the entries' logarithms to base 2, taken from their bit patterns: continuous, and linear
    /// between powers of two.
    private func logarithmicProjection(_ belief: UnsafeMutablePointer<Double>) -> (projection: Double, scale: Double) {
        var projection = 0.0
        direction.withUnsafeBufferPointer { direction in
            for i in 0..<model.states where belief[i] != 0 {
                guard belief[i] > Self.smallest else {
                    belief[i] = 0
                    hasNearMisses = true
                    continue
                }
                let bits = Int64(bitPattern: belief[i].bitPattern) - (1023 << 52)
                projection += direction[i] * (Double(bits) * 0x1p-52 + 1)
            }
        }
        return (projection, 1)
    }

    private func linearProjection(_ belief: UnsafeMutablePointer<Double>) -> (projection: Double, scale: Double) {
        var projection = 0.0
        var scale = 1.0
        for i in 0..<model.states {
            projection += direction[i] * belief[i]
            scale = max(scale, abs(belief[i]))
        }
        return (projection, scale)
    }

    func follow(_ id: Int, _ token: Int, to successor: Int, error: Float) {
        successors[id * model.tokens + token] = Int32(successor)
        openEdges -= 1
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
        let isRelative = !model.isGeneralised
        while id >= 0 {
            let candidate = beliefs + id * states
            var relative = 0.0
            var absolute = 0.0
            for i in 0..<states where candidate[i] != belief[i] {
                let difference = abs(candidate[i] - belief[i])
                absolute = max(absolute, difference)
                relative = max(relative, isRelative ? difference / max(candidate[i], belief[i]) : difference)
                if relative > Self.proximity { break }
            }
            if relative <= tolerance { return (id, absolute) }
            if relative <= Self.proximity { hasNearMisses = true }
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
                negatives[id] = min(negatives[id] ?? 0, law[x])
                law[x] = 0
            }
            if law[x] > 0 { openEdges += 1 }
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
