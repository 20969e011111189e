// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The weight alpha that the outermost gate gives one of its experts, by view.
///
/// For a view V: `alpha_mean_V`, and `alpha_share_V`, how often alpha is at least `level`. Where the source says of each
/// sample whether its context holds the query's class (an int32 tensor `relevance` of role info, 1 where it does), both
/// given that it does: `alpha_mean_relevant_V`, `alpha_share_relevant_V`. Where it says groups (`group`), the mean by group:
/// `alpha_by_group_V`; where it has keys for online rules, by key: `alpha_by_key_V`.
struct GateWeights: Evaluator {
    static let name = "gate-weights"
    static let summary = "the weight of one expert: mean, share above a level, by relevance, group and key"
    static let parameters: [Parameter] = [
        EvaluatedViews.parameter,
        .integer("expert", default: 0, in: 0...65_535, "whose weight, from 0"),
        .number("level", default: 0.5, in: 0...1, "weights from it on are counted"),
    ]
    static let examples = ["gate-weights", "gate-weights(views=[train, test], expert=1, level=0.9)"]
    /// Curves by group or key are not longer.
    private static let mostBins = 65_536

    private let settings: Settings

    init(_ creation: Creation) throws {
        guard let schema = creation.schema else {
            throw InductError(.internal, "\(creation.name) was created without a schema")
        }
        func binned(_ fact: SampleFact?) -> SampleFact? {
            fact.flatMap { $0.width == 1 && ($0.limit ?? .max) <= Self.mostBins ? $0 : nil }
        }
        settings = Settings(
            schema: try EvaluatedSchema(creation), views: try EvaluatedViews(creation),
            expert: try creation.configuration.integer("expert"),
            level: Float(try creation.configuration.number("level")),
            relevance: SampleFact("relevance", in: schema).flatMap { $0.width == 1 ? $0 : nil },
            group: binned(SampleFact("group", in: schema)), key: binned(SampleFact(keyIn: schema)))
    }

    struct Settings: Sendable {
        let schema: EvaluatedSchema
        let views: EvaluatedViews
        let expert: Int
        let level: Float
        let relevance: SampleFact?
        let group: SampleFact?
        let key: SampleFact?
    }

    var needs: [EvaluationNeed] { settings.views.needs(.gate) }

    func begin() -> Accumulator { Accumulator(settings) }

    struct Accumulator: EvaluationAccumulator {
        private let settings: Settings
        private var views: [ViewWeights]

        init(_ settings: Settings) {
            self.settings = settings
            views = .init(repeating: ViewWeights(settings), count: settings.views.count)
        }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let weights = try required(batch.gate, "gate's weights", by: GateWeights.name)
            guard settings.expert < batch.expertCount else {
                throw InductError.invalid(
                    "gate-weights: expert=\(settings.expert) is asked for, and the gate has \(batch.expertCount): choose 0 to "
                        + "\(batch.expertCount - 1)")
            }
            let scored = ScoredPositions(batch, settings.schema)
            let relevance = try settings.relevance?.values(batch)
            let group = try settings.group?.values(batch)
            let key = try settings.key?.values(batch)
            for sample in 0..<batch.count {
                var (sum, high, count) = (0.0, 0.0, 0.0)
                for position in 0..<batch.positions where scored.contains(sample, position) {
                    let row = sample * batch.positions + position
                    let alpha = weights[row * batch.expertCount + settings.expert]
                    sum += Double(alpha)
                    high += alpha >= settings.level ? 1 : 0
                    count += 1
                }
                views[batch.need].add(
                    sum: sum, high: high, count: count, isRelevant: relevance.map { $0[sample] == 1 } ?? false,
                    group: group.map { Int($0[sample]) }, key: key.map { Int($0[sample]) })
            }
        }

        mutating func merge(_ other: Self) throws {
            for view in views.indices { views[view].merge(other.views[view]) }
        }

        func finish() -> [Metric] {
            views.enumerated().flatMap { $1.metrics(settings, view: $0) }
        }
    }
}

/// What was seen of a gate in one view.
struct ViewWeights: Sendable {
    private var mean = ClusteredMean()
    private var share = ClusteredMean()
    private var relevantMean = ClusteredMean()
    private var relevantShare = ClusteredMean()
    /// Empty where the source does not say groups, or keys.
    private var byGroup: [ClusteredMean]
    private var byKey: [ClusteredMean]

    init(_ settings: GateWeights.Settings) {
        byGroup = .init(repeating: ClusteredMean(), count: settings.group?.limit ?? 0)
        byKey = .init(repeating: ClusteredMean(), count: settings.key?.limit ?? 0)
    }

    /// Adds a sample: over its positions the sum of weights, how many are high, and how many there are.
    mutating func add(sum: Double, high: Double, count: Double, isRelevant: Bool, group: Int?, key: Int?) {
        mean.add(sum: sum, count: count)
        share.add(sum: high, count: count)
        if isRelevant {
            relevantMean.add(sum: sum, count: count)
            relevantShare.add(sum: high, count: count)
        }
        if let group, byGroup.indices.contains(group) { byGroup[group].add(sum: sum, count: count) }
        if let key, byKey.indices.contains(key) { byKey[key].add(sum: sum, count: count) }
    }

    mutating func merge(_ other: ViewWeights) {
        mean.merge(other.mean)
        share.merge(other.share)
        relevantMean.merge(other.relevantMean)
        relevantShare.merge(other.relevantShare)
        for group in byGroup.indices { byGroup[group].merge(other.byGroup[group]) }
        for key in byKey.indices { byKey[key].merge(other.byKey[key]) }
    }

    func metrics(_ settings: GateWeights.Settings, view: Int) -> [Metric] {
        func scalar(_ name: String, _ value: ClusteredMean) -> Metric {
            .scalar(
                settings.views.metric(name, view), unit: "fraction", value.mean, standardError: value.standardError)
        }
        func curve(_ name: String, _ values: [ClusteredMean], axis: String) -> [Metric] {
            guard !values.isEmpty else { return [] }
            return [
                .curve(
                    settings.views.metric(name, view), unit: "fraction", values.map(\.mean),
                    standardErrors: values.map(\.standardError), axis: axis)
            ]
        }
        let given =
            settings.relevance == nil
            ? []
            : [scalar("alpha_mean_relevant", relevantMean), scalar("alpha_share_relevant", relevantShare)]
        return [scalar("alpha_mean", mean), scalar("alpha_share", share)] + given
            + curve("alpha_by_group", byGroup, axis: "group") + curve("alpha_by_key", byKey, axis: "key")
    }
}
