// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The loss of predicting chosen tokens against how often each was seen before in its sequence.
///
/// `label_loss` runs over times seen, 0, 1, ... `maximum_count`, the last standing for that many or more;
/// `label_loss_first` is its value at 0, `label_loss_later` the mean over all later sightings. A token predicted at
/// position i was seen as often as it occurs among tokens 0 ... i. With oracle=true the same three are given for the
/// Bayes-optimal law: `label_loss_oracle`, `label_loss_oracle_first`, `label_loss_oracle_later`.
struct LabelLoss: Evaluator {
    static let name = "label-loss"
    static let summary = "loss at chosen target tokens by how often the token was seen before"
    static let parameters: [Parameter] = [
        .array(
            "tokens", of: .integer("token", in: 0...Int(Int32.max), ""), count: 1...65536, "the targets that count"),
        .integer("maximum_count", default: 10, in: 1...65536, "times seen from which on sightings are pooled"),
        .boolean("oracle", default: false, "also give the Bayes-optimal loss; the source must have an oracle"),
    ]
    static let examples = ["label-loss(tokens=[3, 4])", "label-loss(tokens=[3, 4], maximum_count=20, oracle=true)"]

    private let settings: Settings

    init(_ creation: Creation) throws {
        let schema = try EvaluatedSchema(creation)
        guard schema.task == .nextToken, let tokensIndex = schema.tokens else {
            throw InductError.invalid("it counts tokens, and this source is no next-token task")
        }
        let tokens = try creation.configuration.integers("tokens")
        if let outside = tokens.first(where: { $0 >= schema.classes }) {
            throw InductError.invalid(
                "token \(outside) lies outside the source's vocabulary, [0, \(schema.classes))")
        }
        var isLabel = [Bool](repeating: false, count: schema.classes)
        for token in tokens { isLabel[token] = true }
        settings = Settings(
            schema: schema, tokensIndex: tokensIndex, isLabel: isLabel,
            maximumCount: try creation.configuration.integer("maximum_count"),
            hasOracle: try creation.configuration.boolean("oracle"))
    }

    var needs: [EvaluationNeed] { [EvaluationNeed(settings.hasOracle ? [.losses, .oracle] : .losses)] }

    func begin() -> Accumulator { Accumulator(settings) }

    struct Settings: Sendable {
        let schema: EvaluatedSchema
        let tokensIndex: Int
        /// `[vocabulary]`.
        let isLabel: [Bool]
        let maximumCount: Int
        let hasOracle: Bool
    }

    struct Accumulator: EvaluationAccumulator {
        private let settings: Settings
        private var model: SightingMeans
        private var oracle: SightingMeans

        init(_ settings: Settings) {
            self.settings = settings
            model = SightingMeans(maximumCount: settings.maximumCount)
            oracle = model
        }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let (schema, classes) = (settings.schema, settings.schema.classes)
            let losses = try required(batch.losses, "losses", by: LabelLoss.name)
            let law = settings.hasOracle ? try required(batch.oracle, "source's oracle", by: LabelLoss.name) : nil
            let targets = try schema.classTargets(batch)
            guard let tokens = batch.integers(settings.tokensIndex), batch.positions == batch.length else {
                throw InductError(.internal, "the host gave no tokens, or not one for each predicted position")
            }
            let scored = ScoredPositions(batch, schema)
            var seen = [Int](repeating: 0, count: classes)
            for sequence in 0..<batch.count {
                for token in seen.indices { seen[token] = 0 }
                for position in 0..<batch.positions {
                    let row = sequence * batch.positions + position
                    let (token, target) = (Int(tokens[row]), Int(targets[row]))
                    guard seen.indices.contains(token) && seen.indices.contains(target) else {
                        throw InductError(.outOfRange, "the host gave a token outside [0, \(classes))")
                    }
                    seen[token] += 1
                    guard settings.isLabel[target] && scored.contains(sequence, position) else { continue }
                    model.add(Double(losses[row]), seen: seen[target])
                    if let law { oracle.add(-log(law[row * classes + target]), seen: seen[target]) }
                }
                model.endSequence()
                oracle.endSequence()
            }
        }

        mutating func merge(_ other: Self) throws {
            model.merge(other.model)
            oracle.merge(other.oracle)
        }

        func finish() -> [Metric] {
            model.metrics("label_loss") + (settings.hasOracle ? oracle.metrics("label_loss_oracle") : [])
        }
    }
}
