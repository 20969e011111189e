// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The passes that serve all evaluators of one evaluation: one for every view and set of parameters, and one for the
/// training stream.
struct EvaluationPlan {
    /// One evaluator's part in a pass.
    struct Consumer {
        /// Of the evaluation.
        var evaluator: Int
        /// Of the evaluator.
        var needIndex: Int
        /// With the items that exist and the names of the points that are read.
        var need: EvaluationNeed
    }

    /// One forward pass over samples, with everything that anybody wants of it.
    struct Sweep {
        /// Index of the view; nil: the training stream.
        var view: Int?
        var parameters: EvaluationNeed.Parameters
        var items: EvaluationItems
        var points: [String]
        var consumers: [Consumer]

        /// Whether the model itself has to run.
        var needsForward: Bool {
            !points.isEmpty || !items.isDisjoint(with: [.predictions, .losses, .gate, .expertLosses])
        }
    }

    let sweeps: [Sweep]

    /// - Throws: `SpecError` where an evaluator needs what there is not.
    init(
        _ evaluators: [any Evaluator], view: String, source: any Source, model: Model
    ) throws(SpecError) {
        var sweeps: [Sweep] = []
        for (index, evaluator) in evaluators.enumerated() {
            for (needIndex, stated) in evaluator.needs.enumerated() {
                try Self.check(stated, of: evaluator, source, model)
                var need = stated
                need.items.formUnion(stated.optionalItems.intersection(Self.available(source, model)))
                need.points = try Self.points(stated, of: evaluator, model)
                let name = need.view ?? view
                let viewIndex = source.views.firstIndex { $0.name == name }
                if need.stream == .view && viewIndex == nil {
                    let names = source.views.map(\.name)
                    let asker = need.view == nil ? "" : "\(evaluator.spec) looks at the view '\(name)': "
                    throw SpecError(
                        "\(asker)\(source.spec) has no view '\(name)'; it has \(names.joined(separator: ", "))"
                            + suggestion(for: name, among: names))
                }
                let position = need.stream == .training ? nil : viewIndex
                let consumer = Consumer(evaluator: index, needIndex: needIndex, need: need)
                if let found = sweeps.firstIndex(where: {
                    $0.view == position && $0.parameters == need.parameters
                }) {
                    sweeps[found].items.formUnion(need.items)
                    sweeps[found].points += need.points.filter { !sweeps[found].points.contains($0) }
                    sweeps[found].consumers.append(consumer)
                } else {
                    sweeps.append(
                        Sweep(
                            view: position, parameters: need.parameters, items: need.items, points: need.points,
                            consumers: [consumer]))
                }
            }
        }
        self.sweeps = sweeps
    }

    private static func check(
        _ need: EvaluationNeed, of evaluator: any Evaluator, _ source: any Source, _ model: Model
    ) throws(SpecError) {
        if !need.items.isDisjoint(with: [.oracle, .belief, .posterior]) {
            guard let oracle = source.oracle else {
                throw SpecError("\(evaluator.spec) needs the exact next-token law, which \(source.spec) does not know")
            }
            if need.items.contains(.belief) && oracle.beliefSize == 0 {
                throw SpecError("\(evaluator.spec) needs beliefs, and \(source.spec) has none to show")
            }
            if need.items.contains(.posterior) && oracle.componentCount == 0 {
                throw SpecError("\(evaluator.spec) needs the law over components, and \(source.spec) has none")
            }
        }
        if !need.items.isDisjoint(with: [.gate, .expertLosses]), case .leaf = model.root {
            throw SpecError("\(evaluator.spec) looks at a gate and its experts, and the model has no gate")
        }
    }

    /// The items that source and model have to show.
    private static func available(_ source: any Source, _ model: Model) -> EvaluationItems {
        var items: EvaluationItems = [.predictions, .losses, .parameters]
        if let oracle = source.oracle {
            items.insert(.oracle)
            if oracle.beliefSize > 0 { items.insert(.belief) }
            if oracle.componentCount > 0 { items.insert(.posterior) }
        }
        if case .gated = model.root { items.formUnion([.gate, .expertLosses]) }
        return items
    }

    /// The names of the points that a need reads: patterns are replaced by the activations they fit, none comes twice.
    private static func points(
        _ need: EvaluationNeed, of evaluator: any Evaluator, _ model: Model
    ) throws(SpecError) -> [String] {
        let known = model.points.map(\.name)
        var names: [String] = []
        for point in need.points {
            guard need.stream == .view else {
                throw SpecError("\(evaluator.spec) reads '\(point)' on the training stream; points are read on views")
            }
            let pattern = PointPattern(point)
            let found = pattern.isPlain ? known.filter { $0 == point } : pattern.matches(in: model)
            guard !found.isEmpty else {
                let near = suggestion(for: point, among: known)
                let list = known.isEmpty ? "nothing" : known.joined(separator: ", ")
                throw SpecError(
                    "\(evaluator.spec) reads '\(point)', which the model does not show"
                        + (near.isEmpty ? "; it shows \(list)" : near))
            }
            names += found.filter { !names.contains($0) }
        }
        return names
    }
}
