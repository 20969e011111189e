// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductTheory

/// A source made of what a test says: tensors, closed forms, an oracle; it samples from its own model.
final class StatedSource: Source {
    let spec = "stated"
    let schema: Schema
    let views = [SourceView(name: "train", count: nil), SourceView(name: "test", count: nil)]
    let oracle: (any SourceOracle)?
    let theory: (any SourceTheory)?
    let hmm: SourceHMM?
    private let model: SourceHMM

    init(
        _ model: SourceHMM, statesModel: Bool = true, beginTokens: Int = 0, hasOracle: Bool = false,
        beliefSize: Int? = nil, theory: (any SourceTheory)? = nil
    ) throws {
        self.model = model
        hmm = statesModel ? model : nil
        self.theory = theory
        schema = Schema(
            task: .nextToken, loss: .crossEntropy,
            tensors: [
                TensorSchema(
                    name: "tokens", type: .int32, role: .input, shape: [.batch, .length], limit: model.tokens)
            ], classes: model.tokens, positions: .length, beginTokens: beginTokens)
        guard hasOracle else {
            oracle = nil
            return
        }
        let own = try HiddenMarkovOracle(HiddenMarkovModel(model), schema: schema, name: "stated")
        oracle = StatedOracle(own: own, beliefSize: beliefSize ?? own.beliefSize)
    }

    func fill(_ batch: Batch, rows: Range<Int>, view: Int, seed: UInt64, first: UInt64) throws(PluginFailure) {
        guard let tokens = batch.tensors[0]?.integers else { return }
        for row in rows {
            var random = UInt64(row - rows.lowerBound) &+ first &+ seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
            func uniform() -> Double {
                random &+= 0x9E37_79B9_7F4A_7C15
                var word = (random ^ (random >> 30)) &* 0xBF58_476D_1CE4_E5B9
                word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
                return Double((word ^ (word >> 31)) >> 11) * 0x1p-53
            }
            func draw(_ weights: [Double]) -> Int {
                var rest = uniform()
                for (index, weight) in weights.enumerated() {
                    rest -= weight
                    if rest < 0 { return index }
                }
                return weights.lastIndex { $0 > 0 } ?? 0
            }
            var state = draw(model.start)
            let states = model.states
            for position in 0..<batch.length {
                let moves = (0..<(model.tokens * states)).map { move in
                    model.transition[(move / states * states + state) * states + move % states]
                }
                let move = draw(moves)
                tokens[row * batch.length + position] = Int32(move / states)
                state = move % states
            }
        }
    }
}

/// The predictor of a model, which says that it weighs so many possibilities.
struct StatedOracle: SourceOracle {
    let own: HiddenMarkovOracle
    let beliefSize: Int
    var componentCount: Int { own.componentCount }

    func evaluate(_ batch: Batch, view: Int, seed: UInt64, into results: OracleResults) throws(PluginFailure) {
        try own.evaluate(batch, view: view, seed: seed, into: results)
    }
}

/// Closed forms that state what they are told.
struct StatedTheory: SourceTheory {
    var rate: TheoryValue
    var excess: TheoryValue

    func entropy(
        length: Int
    ) throws(PluginFailure) -> (entropy: [Double], entropyRate: TheoryValue, excessEntropy: TheoryValue) {
        ((1...length).map { 1 / Double($0) }, rate, excess)
    }
}
