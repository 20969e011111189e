// SPDX-License-Identifier: Apache-2.0

/// Long-run means of the observables g of a finite chain W, and the sums of their excess over all positions.
///
/// Goals, in order: rate r = lim_n (1/n) sum_l v W^l g and sum_l (v W^l g - r) exact to rounding; cost by the strongly
/// connected components, because most mixed states are transient and form trees.
///
/// Every closed component has a stationary law pi and the rate pi g. A transient state's rate is the mean of its
/// successors' (a harmonic function rho). The excess f solves Poisson's equation (I - W) f = g - rho with pi f = 0 on
/// every closed component, and sum_l (v W^l g - r) = v f (Cesaro sum, where W is periodic).
///
/// Source: Kemeny and Snell 1960, chapters 4 and 5; Crutchfield, Riechers and Ellison 2016, for mixed states.
package struct PresentationLimits: Sendable {
    /// Rates of the observables from the initial law, `[observables]`.
    package let rates: [Double]
    /// Sums over all positions of an observable's mean minus its rate, `[observables]`.
    package let excess: [Double]
    /// Rate of observable 0 by state, `[count]`.
    let rateOfState: [Double]

    init(
        rowStart: [Int], column: [Int32], probability: [Double], observables: [[Double]], initial: [Double],
        components: [[Int]], isClosed: [Bool]
    ) {
        let count = rowStart.count - 1
        let width = observables.count
        var rate = Array(repeating: [Double](repeating: 0, count: count), count: width)
        var excess = rate
        var local = [Int](repeating: -1, count: count)
        for (members, closed) in zip(components, isClosed) {
            for (number, member) in members.enumerated() { local[member] = number }
            defer { for member in members { local[member] = -1 } }
            let block = ComponentBlock(
                members: members, local: local, rowStart: rowStart, column: column, probability: probability)
            if closed {
                let law = block.stationaryLaw()
                for k in 0..<width {
                    let here = zip(members, law).reduce(0) { $0 + observables[k][$1.0] * $1.1 }
                    for member in members { rate[k][member] = here }
                }
                let sides = (0..<width).map { k in members.map { observables[k][$0] - rate[k][$0] } }
                for (k, solution) in block.poisson(sides, law: law).enumerated() {
                    for (member, value) in zip(members, solution) { excess[k][member] = value }
                }
            } else {
                let inflow = (0..<width).map { block.outflow(rate[$0]) }
                for (k, solution) in block.transient(inflow).enumerated() {
                    for (member, value) in zip(members, solution) { rate[k][member] = value }
                }
                let sides = (0..<width).map { k in
                    zip(members, block.outflow(excess[k])).map { observables[k][$0] - rate[k][$0] + $1 }
                }
                for (k, solution) in block.transient(sides).enumerated() {
                    for (member, value) in zip(members, solution) { excess[k][member] = value }
                }
            }
        }
        func mean(_ values: [Double]) -> Double { zip(initial, values).reduce(0) { $0 + $1.0 * $1.1 } }
        rates = rate.map(mean)
        self.excess = excess.map(mean)
        rateOfState = rate.first ?? []
    }
}
