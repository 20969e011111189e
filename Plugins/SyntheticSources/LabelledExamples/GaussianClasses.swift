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
    static let parameters: [Parameter] =
        ExampleSettings.parameters(frequent: 5, rare: 5, contexts: 1, heldOut: 10) + [
            .integer("dimension", default: 64, in: 1...65_536, "D, floats of an input"),
            .number(
                "sigma", default: 0.2, in: 0...1e6, "standard deviation of inputs around their centre, by dimension"),
        ]
    private static let mostCentreValues = 1 << 26

    let schema: Schema
    let settings: ExampleSettings
    let inputs: ExampleInputs
    let dimension: Int
    private let tasks = SeedCache<GaussianTask>(capacity: 64)

    init(_ creation: Creation) throws {
        settings = try ExampleSettings(creation.configuration, for: Self.name)
        dimension = try creation.configuration.integer("dimension")
        let known = settings.classes + settings.heldOut
        guard known * dimension <= Self.mostCentreValues else {
            throw InductError.invalid(
                "gaussian-classes: \(known) centres of \(dimension) dimensions are more than "
                    + "\(Self.mostCentreValues) numbers; choose fewer classes or dimensions")
        }
        inputs = ExampleInputs(
            deviation: Float(try creation.configuration.number("sigma")), normals: NormalDraws(creation.host))
        schema = settings.schema(input: [dimension])
    }

    var oracle: (any SourceOracle)? { ExampleOracle(source: self) }
    var views: [View] { settings.views }
    var labelledExamples: LabelledExamplesLaw? {
        settings.law(inputNoise: Double(inputs.deviation), dimension: dimension, squaredNorm: 1)
    }
}

// How samples are made.
extension GaussianClasses {
    var draw: ExampleDraw { settings.draw }
    private var items: Int { settings.items }

    /// What belongs to a seed.
    func task(_ seed: UInt64) -> GaussianTask {
        tasks.value(seed) {
            GaussianTask(
                centres: ClassCentres(
                    seed: seed, count: settings.classes + settings.heldOut, dimension: dimension, inputs.normals),
                fixedQueries: settings.fixedQueries(seed: seed))
        }
    }

    func fill(_ request: FillRequest) throws { try RoundingMode.nearest { try write(request) } }

    private func write(_ request: FillRequest) throws {
        let outputs = try ExampleTensors(request)
        let task = task(request.seed)
        let (view, seed) = (request.view, request.seed)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: settings.factCount) { room in
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
