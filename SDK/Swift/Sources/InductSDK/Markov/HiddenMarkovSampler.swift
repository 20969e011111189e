// SPDX-License-Identifier: Apache-2.0

/// Draws sequences of a (generalised) hidden Markov model, the same bits everywhere.
public struct HiddenMarkovSampler: Sendable {
    private let thresholds: ThresholdSampler?
    private let beliefs: BeliefSampler
    private let owner: [Int]

    /// Prepares a model; uses the host's kernel where there is one and the model is an ordinary one.
    public init(_ model: HiddenMarkovModel, filter: HiddenMarkovFilter, host: Host?) {
        thresholds = model.right == nil ? ThresholdSampler(model, host: host) : nil
        beliefs = BeliefSampler(filter: filter)
        owner = model.componentOfState ?? [Int](repeating: 0, count: model.states)
    }

    /// Draws the samples `[first, first + count)`.
    ///
    /// - Parameters:
    ///   - seed: of everything random.
    ///   - purpose: what the draws are for.
    ///   - first: number of the first sample.
    ///   - count: how many.
    ///   - length: tokens of each.
    ///   - tokens: `[count, length]`, rows `stride` elements apart.
    ///   - stride: at least `length`.
    ///   - components: `[count]`, which component each sequence came from; nil: not wanted.
    public func sample(
        seed: UInt64, purpose: DrawPurpose, first: UInt64, count: Int, length: Int,
        into tokens: UnsafeMutablePointer<Int32>, stride: Int, components: UnsafeMutablePointer<Int32>? = nil
    ) {
        guard let thresholds else {
            beliefs.sample(
                seed: seed, purpose: purpose, first: first, count: count, length: length, into: tokens, stride: stride,
                components: components)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: components == nil ? 1 : max(1, count)) { starts in
            thresholds.sample(
                seed: seed, purpose: purpose, first: first, count: count, length: length, into: tokens, stride: stride,
                startStates: components == nil ? nil : starts.baseAddress)
            guard let components else { return }
            for sample in 0..<count { components[sample] = Int32(owner[Int(starts[sample])]) }
        }
    }
}
