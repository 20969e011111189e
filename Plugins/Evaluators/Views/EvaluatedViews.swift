// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The views that an evaluator measures one by one: those that its parameter `views` names, or the one of the evaluation.
///
/// A metric of a named view ends in its name: `error_irrelevant_rare_oobd`. Whether the source has such a view the host
/// says when the evaluation is planned: an evaluator knows the source's schema alone.
struct EvaluatedViews: Sendable {
    /// Kebab-case, in the order given; nil alone: the view of the evaluation.
    let names: [String?]

    /// The parameter that it reads.
    static let parameter = Parameter.array(
        "views", of: .string("view", ""), count: 1...4096, optional: true,
        "names of views, each measured on its own; the evaluation's own view when not given")

    init(_ creation: Creation) throws {
        guard creation.configuration.has("views") else {
            names = [nil]
            return
        }
        var names: [String] = []
        for value in try creation.configuration.array("views") {
            guard case .string(let name) = value, !name.isEmpty else {
                throw InductError.invalid("views takes names of views, and '' is none")
            }
            guard !names.contains(name) else { throw InductError.invalid("the view '\(name)' is named twice") }
            names.append(name)
        }
        self.names = names
    }

    var count: Int { names.count }

    /// One pass over each view, in their order: a batch's `need` is the index of its view.
    func needs(_ items: EvaluationItems) -> [EvaluationNeed] {
        names.map { EvaluationNeed(items, stream: .view($0)) }
    }

    /// The name of a metric of the view with this index.
    func metric(_ name: String, _ view: Int) -> String {
        guard let suffix = names[view] else { return name }
        return name + "_" + suffix.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
    }

    /// A scalar for each view, with its standard error over sequences.
    func scalars(_ name: String, unit: String?, _ means: [ClusteredMean]) -> [Metric] {
        means.indices.map { view in
            .scalar(metric(name, view), unit: unit, means[view].mean, standardError: means[view].standardError)
        }
    }
}
