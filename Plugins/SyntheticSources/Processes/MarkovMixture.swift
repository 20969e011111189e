// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// One of finitely many Markov chains per sequence, uniformly: how many there are is the diversity of the task.
///
/// The rows of every chain are drawn from a symmetric Dirichlet law by `task_seed`, so that they do not change with the run's
/// seed. A chain starts from its stationary law. Few chains make a hidden Markov model; of many there are the tables, and the
/// posterior over them.
struct MarkovMixture: Source {
    static let name = "markov-mixture"
    static let summary = "one of finitely many Markov chains per sequence"
    static let parameters: [Parameter] = [
        .integer("chains", default: 8, in: 1...4096, "number of chains"),
        .integer("states", default: 3, in: 2...256, "tokens of every chain"),
        .integer("order", default: 1, in: 1...8, "how many tokens the next one depends on"),
        .concentration("concentration of the Dirichlet law of the rows"),
        .integer("task_seed", default: 0, in: 0...Int.max, "from which the chains are drawn"),
    ]
    static let examples = [
        "markov-mixture(chains=8, states=3, order=1, alpha=1, task_seed=0)", "markov-mixture(chains=600, states=4)",
    ]
    /// Numbers in the transition tensor, above which no model is offered: 128 MiB.
    private static let largestModel = Double(1 << 24)
    /// Numbers in the table of all rows: 32 MiB.
    private static let largestTable = Double(1 << 22)
    /// Numbers in the tensors of all chains, one by one, from which the stationary laws follow.
    private static let mostWork = Double(1 << 28)
    /// The draws of rows, and of which chain a sequence is from, beside those of random.h.
    private static let rowDraw: UInt32 = 2
    private static let choiceDraw: UInt32 = 3

    private enum Form {
        case model(HiddenMarkovEngine)
        case tables(MarkovChainPosterior)
    }

    let schema: Schema
    private let form: Form

    init(_ creation: Creation) throws {
        let configuration = creation.configuration
        let count = try configuration.integer("chains")
        let tokens = try configuration.integer("states")
        let order = try configuration.integer("order")
        var contexts = 1
        for _ in 0..<order where contexts <= 1 << 20 { contexts *= tokens }
        let (whole, own) = (Double(contexts) * Double(count), Double(contexts) * Double(contexts) * Double(tokens))
        let isModel = whole * whole * Double(tokens) <= Self.largestModel
        guard
            isModel
                || own <= Self.largestModel && own * Double(count) <= Self.mostWork
                    && whole * Double(tokens) <= Self.largestTable
        else {
            throw InductError.invalid(
                "markov-mixture: \(count) chains of \(contexts) contexts over \(tokens) tokens are too many numbers; choose "
                    + "fewer chains, tokens, or a lower order")
        }
        var models: [HiddenMarkovModel] = []
        var (rows, stationary): ([Double], [Double]) = ([], [])
        for chain in 0..<count {
            let laws = Self.rows(
                of: chain, contexts: contexts, tokens: tokens, alpha: try configuration.number("alpha"),
                seed: UInt64(try configuration.integer("task_seed")))
            let model: HiddenMarkovModel
            do {
                model = try HiddenMarkovModel(states: contexts, tokens: tokens, Self.transitions(laws))
            } catch {
                throw InductError(error.status, "markov-mixture: \(error.message)")
            }
            if isModel {
                models.append(model)
            } else {
                rows += laws.joined()
                stationary += model.start
            }
        }
        guard isModel else {
            form = .tables(
                MarkovChainPosterior(
                    MarkovChains(count: count, tokens: tokens, order: order, next: rows, stationary: stationary)))
            schema = .nextToken(vocabulary: tokens, information: Schema.component(count: count))
            return
        }
        let engine = HiddenMarkovEngine(
            .mixture(
                of: models, weights: [Double](repeating: 1 / Double(count), count: count),
                maps: [[Int]](repeating: Array(0..<tokens), count: count), tokens: tokens), host: creation.host)
        form = .model(engine)
        schema = engine.schema
    }

    var hiddenMarkovModel: HiddenMarkovModel? {
        if case .model(let engine) = form { engine.model } else { nil }
    }

    var oracle: (any SourceOracle)? {
        switch form {
        case .model(let engine): engine.filter
        case .tables(let posterior): posterior
        }
    }

    func fill(_ request: FillRequest) throws {
        switch form {
        case .model(let engine): try engine.fill(request)
        case .tables(let posterior): try fill(request, from: posterior.chains)
        }
    }

    private func fill(_ request: FillRequest, from chains: MarkovChains) throws {
        let tokens = try request.tensor(0)?.integers
        let component = try request.tensor(1)?.integers
        for sample in 0..<request.count {
            let index = request.first + UInt64(sample)
            var chooser = RandomStream(
                seed: request.seed, purpose: DrawPurpose(view: request.view, kind: Self.choiceDraw), index: index)
            let chain = randomIndex(chooser.next(), below: chains.count)
            component?[sample] = Int32(chain)
            guard let tokens else { continue }
            var stream = RandomStream(seed: request.seed, purpose: .sequence(view: request.view), index: index)
            chains.draw(
                chain, &stream,
                into: UnsafeMutableBufferPointer(
                    rebasing: tokens[sample * request.length..<(sample + 1) * request.length]))
        }
    }

    /// P(token | context) of a chain.
    private static func rows(of chain: Int, contexts: Int, tokens: Int, alpha: Double, seed: UInt64) -> [[Double]] {
        (0..<contexts).map { context in
            var stream = RandomStream(
                seed: seed, purpose: .task(kind: rowDraw), index: UInt64(chain * contexts + context))
            return ReproducibleDraws.dirichlet(alpha: alpha, size: tokens, &stream)
        }
    }

    private static func transitions(_ rows: [[Double]]) -> [Transition] {
        rows.enumerated().flatMap { context, row in
            row.enumerated().map { token, probability in
                Transition(context, emits: token, to: (context * row.count + token) % rows.count, probability)
            }
        }
    }
}
