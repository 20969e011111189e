// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Follows every word from a set of beliefs, depth first, where merging does not help.
///
/// Needs memory for one path only. Words below the pruning weight are dropped and counted in `lost`.
struct WordEnumeration {
    let model: HiddenMarkovModel
    let observer: BeliefObserver

    /// The most depths below a frontier that stay within `nodes` beliefs, when their number grows by `growth` a depth.
    static func affordableDepths(frontier: Int, growth: Double, nodes: Int) -> Int {
        var depths = 0
        var level = Double(frontier)
        var total = 0.0
        while depths < 64, total + level <= Double(nodes) {
            total += level
            level *= max(1.1, growth)
            depths += 1
        }
        return depths
    }

    /// Sums the observables over all words of 0 to `depths - 1` further tokens.
    ///
    /// - Returns: `[depths, observables]` and the weight that was dropped.
    func run(from frontier: BeliefLevel, depths: Int) -> (sums: [Double], lost: Double) {
        let states = model.states
        let tokens = model.tokens
        let width = observer.count
        var sums = [Double](repeating: 0, count: depths * width)
        var lost = 0.0
        guard depths > 0 else { return (sums, lost) }
        let threshold = model.isGeneralised ? 1e-13 : 0
        let transition = model.transition
        withUnsafeTemporaryAllocation(of: Double.self, capacity: depths * (states + tokens + 1) + width) { scratch in
            guard let beliefs = scratch.baseAddress else { return }
            let laws = beliefs + depths * states
            let weights = laws + depths * tokens
            let observed = weights + depths
            var cursors = [Int](repeating: 0, count: depths)
            sums.withUnsafeMutableBufferPointer { sums in
                cursors.withUnsafeMutableBufferPointer { cursors in
                    func visit(_ depth: Int) {
                        let law = laws + depth * tokens
                        let belief = beliefs + depth * states
                        transition.law(of: belief, into: law)
                        if model.isGeneralised { for x in 0..<tokens { law[x] = max(0, law[x]) } }
                        observer.observe(belief: belief, law: law, into: observed)
                        for k in 0..<width { sums[depth * width + k] += weights[depth] * observed[k] }
                        cursors[depth] = depth + 1 < depths ? 0 : tokens
                    }
                    for index in 0..<frontier.count {
                        for i in 0..<states { beliefs[i] = frontier.beliefs[index * states + i] }
                        weights[0] = frontier.weights[index]
                        visit(0)
                        var depth = 0
                        while depth >= 0 {
                            let token = cursors[depth]
                            guard token < tokens else {
                                depth -= 1
                                continue
                            }
                            cursors[depth] += 1
                            let probability = laws[depth * tokens + token]
                            guard probability > threshold else { continue }
                            let weight = weights[depth] * probability
                            guard weight >= MixedStateExplorer.pruning else {
                                lost += weight
                                continue
                            }
                            let child = beliefs + (depth + 1) * states
                            transition.advance(beliefs + depth * states, by: token, into: child)
                            let scale = 1 / probability
                            for i in 0..<states { child[i] *= scale }
                            depth += 1
                            weights[depth] = weight
                            visit(depth)
                        }
                    }
                }
            }
        }
        return (sums, lost)
    }
}
