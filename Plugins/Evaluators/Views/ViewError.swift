// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// How often the likeliest class is not the target, and the loss, in each of several views of a source.
///
/// For a view V: `error_V`, the share of predicted positions where the likeliest class (the first among equals) is not the
/// target, and `loss_V`, the mean loss; without `views` the two are `error` and `loss`. Targets are taken as they are,
/// label noise included. A regression source has a loss alone. Standard errors are over sequences.
struct ViewError: Evaluator {
    static let name = "view-error"
    static let summary = "error and loss in each of several views of the source"
    static let parameters = [EvaluatedViews.parameter]
    static let examples = ["view-error", "view-error(views=[train, test])"]

    private let schema: EvaluatedSchema
    private let views: EvaluatedViews

    init(_ creation: Creation) throws {
        schema = try EvaluatedSchema(creation)
        views = try EvaluatedViews(creation)
    }

    var needs: [EvaluationNeed] {
        views.needs(schema.task == .regression ? .losses : [.predictions, .losses])
    }

    func begin() -> Accumulator { Accumulator(schema: schema, views: views) }

    struct Accumulator: EvaluationAccumulator {
        private let schema: EvaluatedSchema
        private let views: EvaluatedViews
        /// By view.
        private var errors: [ClusteredMean]
        private var losses: [ClusteredMean]

        init(schema: EvaluatedSchema, views: EvaluatedViews) {
            self.schema = schema
            self.views = views
            errors = .init(repeating: ClusteredMean(), count: schema.task == .regression ? 0 : views.count)
            losses = .init(repeating: ClusteredMean(), count: views.count)
        }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let positions = batch.positions
            let values = try required(batch.losses, "losses", by: ViewError.name)
            let scored = ScoredPositions(batch, schema)
            losses[batch.need].add(scored) { Double(values[$0 * positions + $1]) }
            guard !errors.isEmpty else { return }
            let classes = batch.classes
            let predictions = try required(batch.predictions, "model's predictions", by: ViewError.name)
            let targets = try schema.classTargets(batch)
            errors[batch.need].add(scored) { sequence, position in
                let row = sequence * positions + position
                return likeliestClass(predictions + row * classes, of: classes) == Int(targets[row]) ? 0 : 1
            }
        }

        mutating func merge(_ other: Self) throws {
            for view in losses.indices { losses[view].merge(other.losses[view]) }
            for view in errors.indices { errors[view].merge(other.errors[view]) }
        }

        func finish() -> [Metric] {
            views.scalars("error", unit: "fraction", errors)
                + views.scalars("loss", unit: schema.lossUnit, losses)
        }
    }
}
