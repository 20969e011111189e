// SPDX-License-Identifier: Apache-2.0

/// The non-zero entries of a model's transition tensor, by token, and its emission matrix.
///
/// Owns its memory, so that the inner loops run over plain pointers. Never changes once made.
package final class SparseTransition: @unchecked Sendable {
    package let states: Int
    package let tokens: Int
    /// Entries of token x lie in `[tokenStart[x], tokenStart[x + 1])`, sorted by row.
    let tokenStart: UnsafeMutablePointer<Int>
    let row: UnsafeMutablePointer<Int32>
    let column: UnsafeMutablePointer<Int32>
    let value: UnsafeMutablePointer<Double>
    /// P(emit x | state i) = sum_j T_x[i][j] w_j, `[states, tokens]`.
    let emission: UnsafeMutablePointer<Double>

    /// Keeps what is not zero of `transition`, `[tokens, states, states]`; `right` is w, `[states]`.
    init(states: Int, tokens: Int, transition: [Double], right: [Double]) {
        precondition(transition.count == tokens * states * states, "a transition tensor is tokens x states x states")
        self.states = states
        self.tokens = tokens
        let entries = transition.reduce(into: 0) { $0 += $1 == 0 ? 0 : 1 }
        tokenStart = .allocate(capacity: tokens + 1)
        row = .allocate(capacity: max(1, entries))
        column = .allocate(capacity: max(1, entries))
        value = .allocate(capacity: max(1, entries))
        emission = .allocate(capacity: max(1, states * tokens))
        emission.initialize(repeating: 0, count: max(1, states * tokens))
        var entry = 0
        for token in 0..<tokens {
            tokenStart[token] = entry
            for i in 0..<states {
                for j in 0..<states {
                    let probability = transition[(token * states + i) * states + j]
                    guard probability != 0 else { continue }
                    row[entry] = Int32(i)
                    column[entry] = Int32(j)
                    value[entry] = probability
                    emission[i * tokens + token] += probability * right[j]
                    entry += 1
                }
            }
        }
        tokenStart[tokens] = entry
    }

    deinit {
        tokenStart.deallocate()
        row.deallocate()
        column.deallocate()
        value.deallocate()
        emission.deallocate()
    }

    /// Number of non-zero entries.
    package var count: Int { tokenStart[tokens] }

    /// next[j] = sum_i belief[i] T_x[i][j], all `[states]`.
    @inline(__always)
    func advance(_ belief: UnsafePointer<Double>, by token: Int, into next: UnsafeMutablePointer<Double>) {
        for j in 0..<states { next[j] = 0 }
        var entry = tokenStart[token]
        let end = tokenStart[token + 1]
        while entry < end {
            next[Int(column[entry])] += belief[Int(row[entry])] * value[entry]
            entry += 1
        }
    }

    /// law[x] = sum_i belief[i] emission[i][x]; belief `[states]`, law `[tokens]`.
    @inline(__always)
    func law(of belief: UnsafePointer<Double>, into law: UnsafeMutablePointer<Double>) {
        for x in 0..<tokens { law[x] = 0 }
        var emitted = UnsafePointer(emission)
        for i in 0..<states {
            let weight = belief[i]
            if weight != 0 {
                for x in 0..<tokens { law[x] += weight * emitted[x] }
            }
            emitted += tokens
        }
    }
}
