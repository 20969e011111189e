// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What all sources of labelled examples in two frequency groups have in common: classes, contexts, noise of labels, views.
struct ExampleSettings: Sendable {
    let draw: ExampleDraw
    /// N of the training view; 0: endless.
    let sequences: UInt64
    let heldOut: Int

    /// The parameters, with the defaults of a source.
    static func parameters(frequent: Int, rare: Int, contexts: Int, heldOut: Int) -> [Parameter] {
        [
            .integer(
                "frequent", default: frequent, in: 1...65_536, "frequent classes; with zipf, the first so many by rank"),
            .integer("rare", default: rare, in: 1...65_536, "rare classes"),
            .number("p_high", default: 0.9, in: 0...1, "probability that the query's class is a frequent one"),
            .number(
                "zipf", default: 0, in: 0...10,
                "above 0: class k has probability proportional to k^-zipf, whatever p_high"),
            .integer("contexts", default: contexts, in: 1...4096, "L, pairs before the query"),
            .number("p_relevant", default: 0.9, in: 0...1, "probability that the context holds the query's class"),
            .integer(
                "relevant_contexts", default: 0, in: 0...4096,
                "how many pairs of a relevant context are of the query's class, at most L; 0: at least one, by chance"),
            .number(
                "burstiness", default: 0, in: 0...1,
                "probability that a context shows few classes, each several times"),
            .number("label_noise", default: 0, in: 0...1, "probability that a label is the next class's"),
            .integer(
                "sequences", default: 0, in: 0...1_099_511_627_776,
                "N, of the training set, at least as many as there are classes; 0: endless"),
            .integer(
                "held_out", default: heldOut, in: 0...65_536,
                "classes that training never shows; 0: no such view"),
        ]
    }

    /// - Throws: `InductError` for settings that do not fit together; `source` is who is named.
    init(_ configuration: Configuration, for source: String) throws(InductError) {
        let frequent = try configuration.integer("frequent")
        let rare = try configuration.integer("rare")
        let slots = try configuration.integer("contexts")
        let matches = try configuration.integer("relevant_contexts")
        let zipf = try configuration.number("zipf")
        let sequences = try configuration.integer("sequences")
        let heldOut = try configuration.integer("held_out")
        let classes = frequent + rare
        guard matches <= slots else {
            throw InductError.invalid(
                "\(source): relevant_contexts=\(matches) pairs of the query's class do not fit into contexts=\(slots); choose "
                    + "at most \(slots)")
        }
        guard sequences == 0 || sequences >= classes else {
            throw InductError.invalid(
                "\(source): sequences=\(sequences) cannot hold each of the \(classes) classes (frequent=\(frequent), "
                    + "rare=\(rare)) as a query once; choose at least \(classes), or fewer rare classes")
        }
        let law =
            zipf > 0
            ? ClassLaw(frequent: frequent, rare: rare, exponent: zipf)
            : ClassLaw(frequent: frequent, rare: rare, high: try configuration.number("p_high"))
        guard (0..<classes).allSatisfy({ law.probability($0) < 1 }) else {
            throw InductError.invalid(
                "\(source): one class has probability 1, so no context could be irrelevant; choose p_high between 0 and 1, or "
                    + "more classes")
        }
        draw = ExampleDraw(
            rule: ContextRule(law: law, slots: slots, matches: matches),
            heldOut: heldOut > 0
                ? ContextRule(law: ClassLaw(uniform: heldOut), slots: slots, matches: matches) : nil,
            relevance: Chance(try configuration.number("p_relevant")),
            burstiness: Chance(try configuration.number("burstiness")),
            labelNoise: Chance(try configuration.number("label_noise")),
            views: ExampleView.all(withHeldOut: heldOut > 0))
        self.sequences = UInt64(sequences)
        self.heldOut = heldOut
    }

    /// Number of classes C that training shows.
    var classes: Int { draw.rule.law.count }
    /// Pairs L and the query.
    var items: Int { draw.rule.slots + 1 }
    /// See `ExampleDraw.Facts`.
    var factCount: Int { ExampleDraw.Facts.count(slots: draw.rule.slots) }

    /// What makes every class a query of the training set; nil: it is endless.
    func fixedQueries(seed: UInt64) -> FixedQueries? {
        sequences > 0 ? FixedQueries(seed: seed, classes: classes, sequences: sequences) : nil
    }

    var views: [View] {
        draw.views.enumerated().map { View($1.name, count: $0 == 0 && sequences > 0 ? sequences : nil) }
    }

    /// - Parameter input: shape of one input.
    /// - Returns: what a source with these settings delivers.
    func schema(input: [Int]) -> Schema {
        let known = classes + heldOut
        let one: [Dimension] = [.batch, .constant(1)]
        return Schema(
            task: .classification,
            tensors: [
                TensorSchema(
                    "inputs", .float32, .input, shape: [.batch, .constant(items)] + input.map { .constant($0) }),
                TensorSchema("labels", .int32, .input, shape: [.batch, .constant(items - 1)], limit: classes),
                TensorSchema("targets", .int32, .target, shape: one, limit: classes),
                TensorSchema("key", .int32, .key, shape: one, limit: known),
                // 0: frequent, 1: rare, 2: held out.
                TensorSchema("group", .int32, .info, shape: one, limit: heldOut > 0 ? 3 : 2),
                // 1: the context holds the query's class.
                TensorSchema("relevance", .int32, .info, shape: one, limit: 2),
                TensorSchema("class", .int32, .info, shape: one, limit: known),
                TensorSchema(
                    "context_classes", .int32, .info, shape: [.batch, .constant(items - 1)], limit: known),
            ],
            classes: classes, positions: .constant(1))
    }
}
