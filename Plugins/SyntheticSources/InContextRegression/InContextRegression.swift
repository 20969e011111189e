// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Examples of a function that is drawn per sequence: pairs (x_i, y_i), then x, whose y is to be told.
///
/// x ~ N(0, I) in d dimensions, y = f(x) + `noise` z, with f of a `RegressionFamily`. With `tasks` = M > 0 there are M
/// functions, drawn from the seed, and a sequence takes one of them, uniformly; the view `fresh-tasks` then shows functions
/// that are drawn anew, as all views do with `tasks` = 0. With `predict` = all every y_i is a target, from the pairs before
/// it; with query the last one alone. The loss is the squared error; with `noise` the last y carries it too.
/// Source: Garg, Tsipras, Liang, Valiant 2022 (see `RegressionFamily`); Raventós, Paul, Chen, Ganguli, "Pretraining task
/// diversity and the emergence of non-Bayesian in-context learning for regression", NeurIPS 2023, section 2, for `tasks`.
struct InContextRegression: Source {
    static let name = "in-context-regression"
    static let summary = "examples of a function drawn per sequence: linear, sparse, a network, a tree"
    static let examples = [
        "in-context-regression(dimension=8, contexts=16, noise=0.5)",
        "in-context-regression(tasks=64, dimension=8, contexts=16, noise=0.5)",
        "in-context-regression(family=sparse, nonzero=3, dimension=20, contexts=20, noise=0.1)",
        "in-context-regression(family=\"decision-tree\", depth=4, dimension=20, contexts=40, predict=query)",
    ]
    static let parameters: [Parameter] = [
        .string("family", default: "linear", values: RegressionFamily.Kind.allCases.map(\.rawValue), "of functions"),
        .integer("dimension", default: 8, in: 1...4096, "d, floats of an input"),
        .integer("contexts", default: 16, in: 1...4096, "pairs before the query"),
        .number("noise", default: 0, in: 0...1e6, "standard deviation of what is added to every y"),
        .integer(
            "tasks", default: 0, in: 0...1_048_576, "M, how many functions there are; 0: one of its own per sequence"),
        .integer("nonzero", default: 3, in: 1...4096, "of sparse: entries of w that are not 0, at most d"),
        .integer("hidden", default: 100, in: 1...65_536, "of relu-network: hidden units h"),
        .integer("depth", default: 4, in: 1...16, "of decision-tree: questions on the way to a leaf"),
        .string("predict", default: "all", values: ["all", "query"], "which y are targets"),
    ]
    /// The draws of a sample, beside those of its function.
    private static let choiceDraw: UInt32 = 1
    private static let inputDraw: UInt32 = 4
    private static let noiseDraw: UInt32 = 5
    private static let mostTaskValues = 1 << 26

    let schema: Schema
    let family: RegressionFamily
    let slots: Int
    let noise: Double
    let taskCount: Int
    /// Whether every y is a target.
    let predictsAll: Bool
    let oracle: (any SourceOracle)?
    private let drawing: RegressionDrawing

    init(_ creation: Creation) throws {
        let configuration = creation.configuration
        let dimension = try configuration.integer("dimension")
        guard let kind = RegressionFamily.Kind(rawValue: try configuration.string("family")) else {
            throw InductError(.internal, "the host let a family through that was never declared")
        }
        let family = RegressionFamily(
            kind: kind, dimension: dimension, nonzero: try configuration.integer("nonzero"),
            hidden: try configuration.integer("hidden"), depth: try configuration.integer("depth"))
        slots = try configuration.integer("contexts")
        noise = try configuration.number("noise")
        taskCount = try configuration.integer("tasks")
        predictsAll = try configuration.string("predict") == "all"
        self.family = family
        guard kind != .sparse || family.nonzero <= dimension else {
            throw InductError.invalid(
                "in-context-regression: nonzero=\(family.nonzero) entries do not fit into dimension=\(dimension); choose at "
                    + "most \(dimension)")
        }
        guard max(1, taskCount) * family.parameterCount <= Self.mostTaskValues else {
            throw InductError.invalid(
                "in-context-regression: \(max(1, taskCount)) functions of \(family.parameterCount) numbers each are more "
                    + "than \(Self.mostTaskValues) numbers; choose fewer tasks or a smaller family")
        }
        drawing = RegressionDrawing(family: family, count: taskCount, normals: NormalDraws(creation.host))
        oracle = RegressionOracle(drawing, slots: slots, noise: noise, predictsAll: predictsAll)
        schema = Self.schema(dimension: dimension, slots: slots, taskCount: taskCount, predictsAll: predictsAll)
    }

    var views: [View] { View.trainAndTest + (taskCount > 0 ? [View("fresh-tasks")] : []) }

    private static func schema(dimension: Int, slots: Int, taskCount: Int, predictsAll: Bool) -> Schema {
        let items = slots + 1
        let positions = Dimension.constant(predictsAll ? items : 1)
        // The number of the function; `tasks` itself where it is drawn anew.
        let task = TensorSchema("task", .int32, .info, shape: [.batch, .constant(1)], limit: taskCount + 1)
        return Schema(
            task: .regression,
            tensors: [
                TensorSchema("inputs", .float32, .input, shape: [.batch, .constant(items), .constant(dimension)]),
                TensorSchema("values", .float32, .input, shape: [.batch, .constant(slots)]),
                TensorSchema("targets", .float32, .target, shape: [.batch, positions, .constant(1)]),
            ] + (taskCount > 0 ? [task] : []),
            classes: 0, outputs: 1, positions: positions)
    }

    func fill(_ request: FillRequest) throws { try RoundingMode.nearest { try write(request) } }

    private func write(_ request: FillRequest) throws {
        let inputs = try request.tensor(0)?.floats.baseAddress
        let values = try request.tensor(1)?.floats.baseAddress
        let targets = try request.tensor(2)?.floats.baseAddress
        let numbers = taskCount > 0 ? try request.tensor(3)?.integers.baseAddress : nil
        let tasks = taskCount > 0 && request.view < 2 ? drawing.tasks(request.seed) : nil
        let (items, size) = (slots + 1, family.dimension)
        let capacity = family.parameterCount + items * (size + 1)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) { room in
            guard let own = room.baseAddress else { return }
            let ownInputs = own + family.parameterCount
            let results = ownInputs + items * size
            for sample in 0..<request.count {
                let index = request.first + UInt64(sample)
                let task = tasks.map { _ in choice(request, index) }
                numbers?[sample] = Int32(task ?? taskCount)
                let rows = inputs.map { $0 + sample * items * size } ?? ownInputs
                if let tasks, let task {
                    write(tasks.parameters(task), request, index, inputs: rows, results: results)
                } else {
                    drawing.draw(seed: request.seed, view: request.view, index: index, into: own)
                    write(own, request, index, inputs: rows, results: results)
                }
                (values.map { $0 + sample * slots })?.update(from: results, count: slots)
                if predictsAll {
                    (targets.map { $0 + sample * items })?.update(from: results, count: items)
                } else {
                    targets?[sample] = results[slots]
                }
            }
        }
    }

    /// Which function a sequence takes.
    private func choice(_ request: FillRequest, _ index: UInt64) -> Int {
        var stream = RandomStream(
            seed: request.seed, purpose: DrawPurpose(view: request.view, kind: Self.choiceDraw), index: index)
        return randomIndex(stream.next(), below: taskCount)
    }

    /// Writes a sequence's inputs, and what its function gives for them.
    private func write(
        _ function: UnsafePointer<Float>, _ request: FillRequest, _ index: UInt64,
        inputs: UnsafeMutablePointer<Float>, results: UnsafeMutablePointer<Float>
    ) {
        let (items, size) = (slots + 1, family.dimension)
        func normals(_ kind: UInt32, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
            drawing.normals.write(
                seed: request.seed, purpose: DrawPurpose(view: request.view, kind: kind), index: index, count: count,
                into: output)
        }
        normals(Self.inputDraw, items * size, inputs)
        if noise > 0 { normals(Self.noiseDraw, items, results) }
        for item in 0..<items {
            let clean = family.value(function, inputs + item * size)
            results[item] = Float(noise > 0 ? clean + noise * Double(results[item]) : clean)
        }
    }
}

/// How functions are drawn: those of a seed, where they are finitely many, and those of a sequence.
struct RegressionDrawing: Sendable {
    let family: RegressionFamily
    /// 0: every sequence has one of its own.
    let count: Int
    let normals: NormalDraws
    private let kept = SeedCache<RegressionTasks>(capacity: 16)

    private static let functionDraw: UInt32 = 2
    private static let structureDraw: UInt32 = 3

    init(family: RegressionFamily, count: Int, normals: NormalDraws) {
        self.family = family
        self.count = count
        self.normals = normals
    }

    func tasks(_ seed: UInt64) -> RegressionTasks {
        kept.value(seed) {
            RegressionTasks(family, count: count) { task, parameters in
                let streams = RegressionFamily.Streams(
                    seed: seed, normals: .task(kind: Self.functionDraw), structure: .task(kind: Self.structureDraw),
                    index: UInt64(task))
                family.draw(streams, normals, into: parameters)
            }
        }
    }

    /// The function that belongs to one sequence alone.
    func draw(seed: UInt64, view: Int, index: UInt64, into parameters: UnsafeMutablePointer<Float>) {
        let streams = RegressionFamily.Streams(
            seed: seed, normals: DrawPurpose(view: view, kind: Self.functionDraw),
            structure: DrawPurpose(view: view, kind: Self.structureDraw), index: index)
        family.draw(streams, normals, into: parameters)
    }
}
