// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The loss late in the context minus the loss early in it: `in_context_score`, below 0 where the context helps.
///
///     score = mean over sequences of (loss at token `late` - loss at token `early`),   tokens counted from 1
///
/// Both losses are of the same sequence, so that the error is that of the paired difference. The defaults are the 500th and
/// the 50th token of 512, scaled to the number of predicted positions. Also given: `in_context_loss_early` and
/// `in_context_loss_late`. Source: Olsson et al. 2022, In-context learning and induction heads (arXiv 2209.11895),
/// "in-context learning score".
struct InContextScore: Evaluator {
    static let name = "in-context-score"
    static let summary = "loss late in the context minus loss early in it"
    static let parameters: [Parameter] = [
        .integer("early", in: 1...1_048_576, optional: true, "predicted token, from 1; 50 of 512 when not given"),
        .integer("late", in: 1...1_048_576, optional: true, "predicted token, from 1; 500 of 512 when not given"),
    ]
    static let examples = ["in-context-score", "in-context-score(early=5, late=100)"]
    /// Tokens of the context, and of early and late ones among them, for which the score was defined.
    private static let reference = (context: 512, early: 50, late: 500)

    private let schema: EvaluatedSchema
    private let early: Int
    private let late: Int

    init(_ creation: Creation) throws {
        schema = try EvaluatedSchema(creation)
        let positions = creation.schema?.positions.bound(batch: 0, length: creation.length) ?? creation.length
        func place(_ name: String, _ reference: Int) throws -> Int {
            if creation.configuration.has(name) { return try creation.configuration.integer(name) }
            let context = Self.reference.context
            return max(1, min(positions, (2 * reference * positions + context) / (2 * context)))
        }
        early = try place("early", Self.reference.early)
        late = try place("late", Self.reference.late)
        guard late <= positions, early < late else {
            throw InductError.invalid(
                "in-context-score compares token \(early) with the later token \(late), and there are \(positions) "
                    + "predicted positions: early < late <= \(positions) is needed")
        }
    }

    let needs = [EvaluationNeed(.losses)]

    func begin() -> Accumulator { Accumulator(schema: schema, early: early - 1, late: late - 1) }

    struct Accumulator: EvaluationAccumulator {
        let schema: EvaluatedSchema
        /// Positions from 0.
        let early: Int
        let late: Int
        private var score = ClusteredMean()
        private var losses = (early: ClusteredMean(), late: ClusteredMean())

        init(schema: EvaluatedSchema, early: Int, late: Int) {
            self.schema = schema
            self.early = early
            self.late = late
        }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let values = try required(batch.losses, "losses", by: InContextScore.name)
            guard late < batch.positions else {
                throw InductError(.internal, "the host gave \(batch.positions) positions, fewer than it had announced")
            }
            let scored = ScoredPositions(batch, schema)
            for sequence in 0..<batch.count where scored.contains(sequence, early) && scored.contains(sequence, late) {
                let row = sequence * batch.positions
                let (first, second) = (Double(values[row + early]), Double(values[row + late]))
                score.add(sum: second - first)
                losses.early.add(sum: first)
                losses.late.add(sum: second)
            }
        }

        mutating func merge(_ other: Self) throws {
            score.merge(other.score)
            losses.early.merge(other.losses.early)
            losses.late.merge(other.losses.late)
        }

        func finish() -> [Metric] {
            let unit = schema.lossUnit
            func scalar(_ name: String, _ mean: ClusteredMean) -> Metric {
                .scalar(name, unit: unit, mean.mean, standardError: mean.standardError)
            }
            return [
                scalar("in_context_score", score), scalar("in_context_loss_early", losses.early),
                scalar("in_context_loss_late", losses.late),
            ]
        }
    }
}
