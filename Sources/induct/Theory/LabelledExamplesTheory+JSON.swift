// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductTheory

extension LabelledExamplesTheory {
    /// For programs; losses in nats.
    ///
    /// - Parameters:
    ///   - source: the source in the user's words
    ///   - measured: an in-context loss that was measured, whose switch points are wanted as well
    /// - Returns: an object whose keys are those of the guide In-context-against-in-weight.md.
    func json(source: String, measured: Double?) -> JSON {
        [
            "source": .string(source), "units": "nats", "task": "labelled-examples",
            "classes": .integer(Int64(law.classes)), "labels": .integer(Int64(law.labels)),
            "contexts": .integer(Int64(law.contexts)), "relevance": .number(law.relevance),
            "training_count": law.trainingCount.map { .integer(Int64(clamping: $0)) } ?? .null,
            "chance_error": .number(chanceError), "bayes_error": .number(bayesError),
            "bayes_loss": .number(learner.entropy), "floor": .number(vote.floor), "logit_gap": .number(vote.gap),
            "in_weight": .array(strata.map(inWeight)),
            "in_context": .array(
                (0...law.contexts).map { wrong in
                    let bounds = vote.bounds(wrong: wrong)
                    return [
                        "irrelevant": .integer(Int64(wrong)), "lower": .number(bounds.lower),
                        "upper": .number(bounds.upper),
                    ]
                }),
            "switch": .array(strata.flatMap { stratum in stratum.settings.map { Self.json(stratum, $0) } }),
            "measured_switch": measured.map { loss in .array(strata.map { json($0, measured: loss) }) } ?? .null,
            "views": .array(
                views.map {
                    [
                        "view": .string($0.view), "in_weight_error": .number($0.inWeight),
                        "in_context_error": .number($0.inContext),
                    ]
                }),
            "curve": [
                "training_count": .numbers(curveCounts),
                "in_weight_loss": .array(
                    strata.map { stratum in
                        .numbers(curveCounts.map { inWeightRisk(stratum, trainingCount: $0) })
                    }),
            ],
            "regret": [
                "largest_difference": .number(regret.largestDifference), "rounds": .optional(regret.rounds),
                "rate": .optional(regret.rate), "bound": .optional(regret.bound),
                "bound_by_class": .optional(regret.boundByClass),
            ],
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    private static func members(_ stratum: Stratum) -> [JSON.Member] {
        [
            JSON.Member(key: "group", value: .string(stratum.group)),
            JSON.Member(key: "classes", value: .integers(stratum.classes)),
            JSON.Member(key: "probability", value: .number(stratum.counts.probability)),
        ]
    }

    private func inWeight(_ stratum: Stratum) -> JSON {
        let samples = stratum.samples
        func over(_ value: (Double) -> Double) -> JSON { .optional(samples.flatMap { $0 >= 1 ? value($0) : nil }) }
        return .object(
            Self.members(stratum) + [
                JSON.Member(key: "samples", value: .optional(samples)),
                JSON.Member(key: "loss", value: .optional(samples.map { learner.entropy + learner.excess(after: $0) })),
                JSON.Member(key: "excess", value: .optional(samples.map { learner.excess(after: $0) })),
                JSON.Member(key: "average_excess", value: over { learner.averageExcess(over: $0) }),
                JSON.Member(key: "average_excess_bound", value: over { learner.averageExcessBound(over: $0) }),
                JSON.Member(key: "expansion", value: over { learner.expansion(over: $0) }),
                JSON.Member(key: "matches", value: .numbers(stratum.matches)),
                JSON.Member(key: "expected_matches", value: .number(stratum.expectedMatches)),
            ])
    }

    private static func json(_ stratum: Stratum, _ setting: Setting) -> JSON {
        func both(_ value: (SwitchPoint) -> Int?) -> JSON {
            .array([setting.early, setting.late].map { $0.flatMap(value).map { .integer(Int64($0)) } ?? .null })
        }
        return .object(
            members(stratum) + [
                JSON.Member(key: "setting", value: .string(setting.name)),
                JSON.Member(key: "in_context_loss", value: .numbers([setting.risk.lower, setting.risk.upper])),
                JSON.Member(key: "samples", value: both { $0.samples }),
                JSON.Member(key: "training_count", value: both { $0.trainingCount }),
            ])
    }

    private func json(_ stratum: Stratum, measured: Double) -> JSON {
        let point = switchPoint(stratum, inContextRisk: measured)
        return .object(
            Self.members(stratum) + [
                JSON.Member(key: "in_context_loss", value: .number(measured)),
                JSON.Member(key: "samples", value: point.map { .integer(Int64($0.samples)) } ?? .null),
                JSON.Member(
                    key: "training_count", value: point?.trainingCount.map { .integer(Int64($0)) } ?? .null),
            ])
    }
}
