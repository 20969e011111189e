// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Labelled examples from frequent and rare classes around random centres.
///
/// Does a model learn a class in its weights, or read it from the context?
///
/// A sample is a context of L pairs (x_i, y_i) and a query x. Classes have unit-norm centres mu_c of D dimensions, drawn
/// from the seed; x = mu_c + sigma z. The query's class is frequent with probability `p_high`, rare otherwise, and uniform
/// in its group; or, with `zipf` = s > 0, class k has probability proportional to k^-s. With probability `p_relevant` the
/// context holds the query's class, otherwise it never does; `ContextRule` says how its slots are drawn. Every label,
/// the target too, is c, or with probability `label_noise` c + 1 mod C.
///
/// Views beside train and test: {default, relevant, irrelevant}-{all, frequent, rare}-{ibd, oobd}, all of them endless and
/// drawn afresh; `test` is `default-all-ibd` once more. In the oobd views every label is the next of its frequency group,
/// in a circle, before noise. In `held-out` the classes are new and all labels are turned by the same random number, so that
/// only the context tells them; relevant always.
///
/// With N = `sequences` > 0 the training view has N sequences, functions of the seed; C of them, at random places, have a
/// class each as their query, so that none is missing.
/// Source: Chan, Chen, György, Schuurmans, "Toward understanding in-context vs. in-weight learning", ICLR 2025, section 4.
struct GaussianClasses: Source {
    static let name = "gaussian-classes"
    static let summary =
        "labelled examples of frequent and rare Gaussian classes, in a context that may hold the query's"
    static let examples = [
        "gaussian-classes(p_high=0.9, p_relevant=0.9, sigma=0.2)",
        "gaussian-classes(contexts=4, relevant_contexts=2, label_noise=0.1, sequences=1024)",
        "gaussian-classes(frequent=8, rare=24, zipf=1, contexts=8, burstiness=0.5, held_out=0)",
    ]
    static let parameters: [Parameter] = [
        .integer("frequent", default: 5, in: 1...65_536, "frequent classes; with zipf, the first so many by rank"),
        .integer("rare", default: 5, in: 1...65_536, "rare classes"),
        .integer("dimension", default: 64, in: 1...65_536, "D, floats of an input"),
        .number("p_high", default: 0.9, in: 0...1, "probability that the query's class is a frequent one"),
        .number(
            "zipf", default: 0, in: 0...10, "above 0: class k has probability proportional to k^-zipf, whatever p_high"),
        .integer("contexts", default: 1, in: 1...4096, "L, pairs before the query"),
        .number("p_relevant", default: 0.9, in: 0...1, "probability that the context holds the query's class"),
        .integer(
            "relevant_contexts", default: 0, in: 0...4096,
            "how many pairs of a relevant context are of the query's class, at most L; 0: at least one, by chance"),
        .number(
            "burstiness", default: 0, in: 0...1, "probability that a context shows few classes, each several times"),
        .number("sigma", default: 0.2, in: 0...1e6, "standard deviation of inputs around their centre, by dimension"),
        .number("label_noise", default: 0, in: 0...1, "probability that a label is the next class's"),
        .integer(
            "sequences", default: 0, in: 0...1_099_511_627_776,
            "N, of the training set, at least as many as there are classes; 0: endless"),
        .integer("held_out", default: 10, in: 0...65_536, "classes that training never shows; 0: no such view"),
    ]
    private static let mostCentreValues = 1 << 26

    let schema: Schema
    let draw: ExampleDraw
    let inputs: ExampleInputs
    let dimension: Int
    let sequences: UInt64
    private let heldOut: Int
    private let tasks = SeedCache<GaussianTask>(capacity: 64)

    init(_ creation: Creation) throws {
        let configuration = creation.configuration
        let frequent = try configuration.integer("frequent")
        let rare = try configuration.integer("rare")
        let slots = try configuration.integer("contexts")
        let matches = try configuration.integer("relevant_contexts")
        let zipf = try configuration.number("zipf")
        dimension = try configuration.integer("dimension")
        sequences = UInt64(try configuration.integer("sequences"))
        heldOut = try configuration.integer("held_out")
        let classes = frequent + rare
        guard matches <= slots else {
            throw InductError.invalid(
                "gaussian-classes: relevant_contexts=\(matches) pairs of the query's class do not fit into contexts=\(slots)"
                    + "; choose at most \(slots)")
        }
        guard sequences == 0 || sequences >= classes else {
            throw InductError.invalid(
                "gaussian-classes: sequences=\(sequences) cannot hold each of the \(classes) classes (frequent=\(frequent), "
                    + "rare=\(rare)) as a query once; choose at least \(classes), or fewer rare classes")
        }
        guard (classes + heldOut) * dimension <= Self.mostCentreValues else {
            throw InductError.invalid(
                "gaussian-classes: \(classes + heldOut) centres of \(dimension) dimensions are more than "
                    + "\(Self.mostCentreValues) numbers; choose fewer classes or dimensions")
        }
        let law =
            zipf > 0
            ? ClassLaw(frequent: frequent, rare: rare, exponent: zipf)
            : ClassLaw(frequent: frequent, rare: rare, high: try configuration.number("p_high"))
        guard (0..<classes).allSatisfy({ law.probability($0) < 1 }) else {
            throw InductError.invalid(
                "gaussian-classes: one class has probability 1, so no context could be irrelevant; choose p_high between 0 "
                    + "and 1, or more classes")
        }
        draw = ExampleDraw(
            rule: ContextRule(law: law, slots: slots, matches: matches),
            heldOut: heldOut > 0
                ? ContextRule(law: ClassLaw(uniform: heldOut), slots: slots, matches: matches) : nil,
            relevance: Chance(try configuration.number("p_relevant")),
            burstiness: Chance(try configuration.number("burstiness")),
            labelNoise: Chance(try configuration.number("label_noise")),
            views: ExampleView.all(withHeldOut: heldOut > 0))
        inputs = ExampleInputs(
            deviation: Float(try configuration.number("sigma")), normals: NormalDraws(creation.host))
        schema = Self.schema(classes: classes, heldOut: heldOut, slots: slots, dimension: dimension)
    }

    var oracle: (any SourceOracle)? { ExampleOracle(source: self) }

    var views: [View] {
        draw.views.enumerated().map { View($1.name, count: $0 == 0 && sequences > 0 ? sequences : nil) }
    }

    private static func schema(classes: Int, heldOut: Int, slots: Int, dimension: Int) -> Schema {
        let known = classes + heldOut
        let one: [Dimension] = [.batch, .constant(1)]
        return Schema(
            task: .classification,
            tensors: [
                TensorSchema(
                    "inputs", .float32, .input, shape: [.batch, .constant(slots + 1), .constant(dimension)]),
                TensorSchema("labels", .int32, .input, shape: [.batch, .constant(slots)], limit: classes),
                TensorSchema("targets", .int32, .target, shape: one, limit: classes),
                TensorSchema("key", .int32, .key, shape: one, limit: known),
                // 0: frequent, 1: rare, 2: held out.
                TensorSchema("group", .int32, .info, shape: one, limit: heldOut > 0 ? 3 : 2),
                // 1: the context holds the query's class.
                TensorSchema("relevance", .int32, .info, shape: one, limit: 2),
                TensorSchema("class", .int32, .info, shape: one, limit: known),
                TensorSchema("context_classes", .int32, .info, shape: [.batch, .constant(slots)], limit: known),
            ],
            classes: classes, positions: .constant(1))
    }
}

// How samples are made.
extension GaussianClasses {
    private var items: Int { draw.rule.slots + 1 }

    /// What belongs to a seed.
    func task(_ seed: UInt64) -> GaussianTask {
        tasks.value(seed) {
            let classes = draw.rule.law.count
            return GaussianTask(
                centres: ClassCentres(seed: seed, count: classes + heldOut, dimension: dimension, inputs.normals),
                fixedQueries: sequences > 0 ? FixedQueries(seed: seed, classes: classes, sequences: sequences) : nil)
        }
    }

    func fill(_ request: FillRequest) throws { try RoundingMode.nearest { try write(request) } }

    private func write(_ request: FillRequest) throws {
        let outputs = try ExampleTensors(request)
        let task = task(request.seed)
        let (view, seed) = (request.view, request.seed)
        withUnsafeTemporaryAllocation(
            of: Int32.self, capacity: ExampleDraw.Facts.count(slots: items - 1)
        ) { room in
            guard let room = room.baseAddress else { return }
            let facts = ExampleDraw.Facts(slots: items - 1, start: room)
            for sample in 0..<request.count {
                let index = request.first + UInt64(sample)
                let query = view == 0 ? task.fixedQueries?.label(at: index) : nil
                draw.draw(view: view, seed: seed, index: index, query: query, into: facts)
                outputs.write(facts, draw.rule.law, sample)
                guard let row = outputs.inputs.map({ $0 + sample * items * dimension }) else { continue }
                inputs.write(
                    task.centres, classes: facts.classes, items: items, view: view, seed: seed, index: index,
                    into: row)
            }
        }
    }
}
