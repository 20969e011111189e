// SPDX-License-Identifier: Apache-2.0
//
// Goals, in order: exact to rounding whatever the probabilities, a clear refusal where the law is not unique, simplicity.
// Source: Grassmann, Taksar, Heyman, "Regenerative analysis and steady state distributions for Markov chains", Operations
// Research 33 (1985): elimination without any subtraction, so that no digits are lost.

/// The row vector pi with pi T = pi that sums to 1.
///
/// - Parameters:
///   - chain: T, `[states, states]`, rows sum to 1.
///   - states: number of states, at least 1.
/// - Returns: pi, zero on transient states.
/// - Throws: status `invalidArgument` when several closed classes make the law ambiguous.
/// - Complexity: states^3 in the closed class.
public func stationaryLaw(ofChain chain: [Double], states: Int) throws(InductError) -> [Double] {
    precondition(states > 0 && chain.count == states * states, "the chain is [states, states]")
    let classes = closedClasses(ofChain: chain, states: states)
    guard let members = classes.first, classes.count == 1 else {
        throw .invalid(
            "the chain has \(classes.count) closed classes of states (starting with states "
                + classes.compactMap { $0.first }.map(String.init).joined(separator: ", ")
                + "), so its stationary law is not unique; choose parameters that connect them, or mix the classes as "
                + "components of a mixture")
    }
    let law = recurrentLaw(members.map { from in members.map { chain[from * states + $0] } })
    var result = [Double](repeating: 0, count: states)
    for (member, probability) in zip(members, law) { result[member] = probability }
    return result
}

/// The law of an irreducible chain, by elimination of its states from the last.
private func recurrentLaw(_ chain: [[Double]]) -> [Double] {
    var rest = chain
    let count = rest.count
    for last in stride(from: count - 1, to: 0, by: -1) {
        let out = rest[last][..<last].reduce(0, +)
        for from in 0..<last where rest[from][last] != 0 {
            rest[from][last] /= out
            for to in 0..<last { rest[from][to] += rest[from][last] * rest[last][to] }
        }
    }
    var law = [1.0]
    for state in 1..<max(1, count) {
        law.append((0..<state).reduce(0) { $0 + law[$1] * rest[$1][state] })
    }
    let total = law.reduce(0, +)
    return law.map { $0 / total }
}

/// The sets of states that reach each other and nothing else, each in ascending order.
private func closedClasses(ofChain chain: [Double], states: Int) -> [[Int]] {
    let next = (0..<states).map { from in (0..<states).filter { chain[from * states + $0] > 0 } }
    func reachable(from start: Int) -> [Bool] {
        var seen = [Bool](repeating: false, count: states)
        var open = [start]
        seen[start] = true
        while let state = open.popLast() {
            for to in next[state] where !seen[to] {
                seen[to] = true
                open.append(to)
            }
        }
        return seen
    }
    // From any state, moving to a state that does not lead back ends in a closed class after finitely many moves.
    var classes: [[Int]] = []
    var settled = [Bool](repeating: false, count: states)
    for start in 0..<states where !settled[start] {
        var state = start
        var seen = reachable(from: state)
        while let beyond = (0..<states).first(where: { seen[$0] && !reachable(from: $0)[state] }) {
            state = beyond
            seen = reachable(from: state)
        }
        let members = (0..<states).filter { seen[$0] }
        if !settled[members[0]] { classes.append(members) }
        for member in members { settled[member] = true }
        settled[start] = true
    }
    return classes
}
