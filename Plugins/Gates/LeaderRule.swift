// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// All weight on the expert that has lost least so far; experts that have lost the same share it.
///
/// With memory < 1 the running loss is R <- memory R + l, so that old losses count less. It is no learning rule with a
/// bound: the yardstick for a gate that switches.
///
/// Source: "follow the leader", Cesa-Bianchi and Lugosi, "Prediction, learning, and games", 2006, section 2.1.
struct LeaderRule: OnlineRule {
    static let name = "oracle-switch"
    static let summary = "all weight on the expert with the smallest running loss"
    static let parameters: [Parameter] = [
        .number("memory", default: 1, in: 0...1, "factor on the running losses at every observation")
    ]
    static let examples = ["oracle-switch", "oracle-switch(memory=0.999)"]

    private let memory: Double
    private let experts: Int

    init(_ configuration: Configuration, experts: Int) throws(InductError) {
        memory = try configuration.number("memory")
        self.experts = experts
    }

    var start: Initialiser { .zeros }
    var givesLogits: Bool { false }

    func observe(_ losses: UnsafePointer<Float>, _ state: OnlineSums.Growing, first: Int) {
        for k in 0..<experts { state[first + k] = memory * state[first + k] + Double(losses[k]) }
    }

    func write(_ state: OnlineSums, first: Int, to outputs: UnsafeMutablePointer<Float>) {
        var least = Double.infinity
        var leaders = 0
        for k in first..<first + experts {
            if state[k] < least { (least, leaders) = (state[k], 0) }
            if state[k] == least { leaders += 1 }
        }
        for k in 0..<experts { outputs[k] = state[first + k] == least ? 1 / Float(leaders) : 0 }
    }
}
