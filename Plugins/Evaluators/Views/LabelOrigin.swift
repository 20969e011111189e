// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Where predicted labels come from: the context or the weights.
///
/// For a view V, with the likeliest class as the prediction:
///
///     in_context_accuracy_V   how often it is a label that the context shows for the query's class, among the samples whose
///                             context holds that class
///     in_weight_accuracy_V    how often it is the label that training gave the query's class, among the samples of classes
///                             that training has shown
///
/// Where the labels of a view are those of training the two may coincide; where they were replaced (oobd) they tell copying
/// from remembering. The source has to say, in int32 tensors of role info, the query's class, `class` [batch, 1], and those of
/// its context, `context_classes` [batch, contexts]; the label that training gives class c is c, and classes from the number
/// of labels on are new. Source: Chan et al. 2022 (arXiv 2205.05055), section 2.3, evaluation of in-context and in-weights
/// learning.
struct LabelOrigin: Evaluator {
    static let name = "label-origin"
    static let summary = "whether predicted labels are those of the context or those of training, by view"
    static let parameters = [EvaluatedViews.parameter]
    static let examples = ["label-origin(views=[train, test])"]

    private let settings: Settings

    init(_ creation: Creation) throws {
        guard let schema = creation.schema, schema.task == .classification, let labels = schema.index(of: "labels"),
            let query = SampleFact("class", in: schema), let context = SampleFact("context_classes", in: schema),
            query.width == 1
        else {
            throw InductError.invalid(
                "label-origin needs labelled examples whose source says the classes of query and context: the input 'labels' "
                    + "and the info tensors 'class' [batch, 1] and 'context_classes' [batch, contexts]")
        }
        settings = Settings(
            views: try EvaluatedViews(creation), labels: labels, query: query, context: context,
            classes: schema.classes)
    }

    struct Settings: Sendable {
        let views: EvaluatedViews
        let labels: Int
        let query: SampleFact
        let context: SampleFact
        let classes: Int
    }

    var needs: [EvaluationNeed] { settings.views.needs(.predictions) }

    func begin() -> Accumulator { Accumulator(settings) }

    struct Accumulator: EvaluationAccumulator {
        private let settings: Settings
        /// By view.
        private var inContext: [ClusteredMean]
        private var inWeight: [ClusteredMean]

        init(_ settings: Settings) {
            self.settings = settings
            inContext = .init(repeating: ClusteredMean(), count: settings.views.count)
            inWeight = inContext
        }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let predictions = try required(batch.predictions, "model's predictions", by: LabelOrigin.name)
            let queries = try settings.query.values(batch)
            let contexts = try settings.context.values(batch)
            guard batch.positions == 1, let labels = batch.integers(settings.labels) else {
                throw InductError(.internal, "the host gave no labels, or not one predicted position")
            }
            let width = settings.context.width
            for sample in 0..<batch.count {
                let guess = Int32(likeliestClass(predictions + sample * batch.classes, of: batch.classes))
                let query = queries[sample]
                var (isShown, isCopied) = (false, false)
                for slot in sample * width..<(sample + 1) * width where contexts[slot] == query {
                    isShown = true
                    isCopied = isCopied || labels[slot] == guess
                }
                if isShown { inContext[batch.need].add(sum: isCopied ? 1 : 0) }
                if Int(query) < settings.classes { inWeight[batch.need].add(sum: guess == query ? 1 : 0) }
            }
        }

        mutating func merge(_ other: Self) throws {
            for view in inContext.indices {
                inContext[view].merge(other.inContext[view])
                inWeight[view].merge(other.inWeight[view])
            }
        }

        func finish() -> [Metric] {
            settings.views.scalars("in_context_accuracy", unit: "fraction", inContext)
                + settings.views.scalars("in_weight_accuracy", unit: "fraction", inWeight)
        }
    }
}
