// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

// What a gate's mixture has lost in training beyond the best fixed weights, and the bound of its online rule. With l_t(f)
// the mixture's and l_t(k) the experts' losses of the training samples t,
//
//     regret = sum_t l_t(f) - min_k sum_t l_t(k)
//
// since what fixed weights alpha lose by Algorithm 1's measure, sum_k alpha_k sum_t l_t(k), is least at a corner. The regret
// against the best fixed weights of every key by itself is the sum of the keys' regrets. With n_t(key) observations in step t and
// losses that differ by at most M,
//
//     hedge                bound = M sqrt(ln K / 2 sum_t n_t^2)
//     projected-gradient   bound = M sqrt(K / 2 sum_t n_t^2)
//
// by key, and over all samples for a gate with one state for all. In batches of one this is M sqrt(T ln K / 2).
//
// Sources: Chan, Chen, György, Schuurmans, "Toward Understanding In-context vs. In-weight Learning", 2025, section 3 and
// algorithm 1; Cesa-Bianchi and Lugosi, "Prediction, learning, and games", 2006, theorem 2.2.

/// `regret`, `regret_bound`, the same by key, and the sums they come from.
///
/// All are of the training samples since the evaluation before. Of several evaluations `losses_by_key` can be added up, and
/// the squares of bounds over that of M, which is `regret_largest_difference`.
struct Regret: Evaluator {
    static let name = "regret"
    static let summary = "what a gate's mixture lost in training beyond the best fixed weights, overall and by key"
    static let parameters: [Parameter] = [
        .string(
            "rule", default: "hedge", values: ["hedge", "projected-gradient"], "whose bound is drawn beside the regret"),
        .number(
            "bound", above: 0, optional: true,
            "M: by how much losses of the experts differ at most; the largest difference seen when absent"),
    ]
    static let examples = ["regret", "regret(bound=2.3)"]

    private let schema: EvaluatedSchema
    private let isHedge: Bool
    private let bound: Double?
    /// Of the key among the schema's tensors, and how many values it has.
    private let key: (index: Int, count: Int)?

    init(_ creation: Creation) throws {
        schema = try EvaluatedSchema(creation)
        isHedge = try creation.configuration.string("rule") == "hedge"
        bound = creation.configuration.has("bound") ? try creation.configuration.number("bound") : nil
        key = creation.schema.flatMap { schema in
            schema.tensors.firstIndex { $0.role == .key && $0.type == .int32 }.flatMap { index in
                schema.tensors[index].limit.map { (index: index, count: max(1, $0)) }
            }
        }
    }

    let needs = [EvaluationNeed([.losses, .expertLosses], stream: .training)]

    func begin() -> Accumulator { Accumulator(schema: schema, key: key, isHedge: isHedge, bound: bound) }

    /// Sums by key.
    struct Accumulator: EvaluationAccumulator {
        private let schema: EvaluatedSchema
        private let key: (index: Int, count: Int)?
        private let isHedge: Bool
        private let bound: Double?
        private let keys: Int
        /// K; 0 until a batch was seen.
        private var experts = 0
        private var samples: [Double]
        private var mixture: [Double]
        /// Of the experts, `[keys, K]`.
        private var losses: [Double] = []
        /// Sums over steps of n_t^2: by key, then of all keys together.
        private var squares: [Double]
        /// n_t of the step that is being seen: by key, then of all.
        private var inStep: [Double]
        private var step: UInt64 = 0
        /// The largest difference between two experts' losses of one sample.
        private var largest = 0.0

        init(schema: EvaluatedSchema, key: (index: Int, count: Int)?, isHedge: Bool, bound: Double?) {
            (self.schema, self.key, self.isHedge, self.bound) = (schema, key, isHedge, bound)
            keys = key?.count ?? 1
            samples = Array(repeating: 0, count: keys)
            mixture = samples
            squares = Array(repeating: 0, count: keys + 1)
            inStep = squares
        }

        mutating func consume(_ batch: borrowing EvaluationBatch) throws {
            let own = try required(batch.losses, "mixture's losses", by: Regret.name)
            let apart = try required(batch.expertLosses, "experts' losses", by: Regret.name)
            try expect(experts: batch.expertCount)
            begin(step: batch.step)
            let values = key.flatMap { batch.integers($0.index) }
            let scored = ScoredPositions(batch, schema)
            let positions = batch.positions
            for row in 0..<batch.count * positions where scored.contains(row / positions, row % positions) {
                let key = values.map { Int($0[row / positions]) } ?? 0
                guard key >= 0 && key < keys else {
                    throw InductError(.outOfRange, "a key is \(key), and its schema promises values in [0, \(keys))")
                }
                var (low, high) = (Double.infinity, -Double.infinity)
                for k in 0..<experts {
                    let loss = Double(apart[row * experts + k])
                    losses[key * experts + k] += loss
                    (low, high) = (min(low, loss), max(high, loss))
                }
                largest = max(largest, high - low)
                samples[key] += 1
                mixture[key] += Double(own[row])
                inStep[key] += 1
                inStep[keys] += 1
            }
        }

        mutating func merge(_ other: Self) throws {
            guard other.experts > 0 else { return }
            try expect(experts: other.experts)
            begin(step: other.step)
            for i in samples.indices {
                samples[i] += other.samples[i]
                mixture[i] += other.mixture[i]
            }
            for i in losses.indices { losses[i] += other.losses[i] }
            for i in squares.indices {
                squares[i] += other.squares[i]
                inStep[i] += other.inStep[i]
            }
            largest = max(largest, other.largest)
        }

        private mutating func expect(experts count: Int) throws(InductError) {
            if experts == 0 {
                experts = count
                losses = Array(repeating: 0, count: keys * count)
            }
            guard experts == count else {
                throw InductError(.internal, "a gate has \(experts) experts, then \(count)")
            }
        }

        /// Closes the step before, if this is another.
        private mutating func begin(step next: UInt64) {
            guard next != step else { return }
            squares = totalSquares
            inStep = Array(repeating: 0, count: keys + 1)
            step = next
        }

        private var totalSquares: [Double] { zip(squares, inStep).map { $0 + $1 * $1 } }

        /// What the best fixed weights lose on the samples of some keys.
        private func best(_ keys: Range<Int>) -> Double {
            var least = Double.infinity
            for k in 0..<experts {
                var sum = 0.0
                for key in keys { sum += losses[key * experts + k] }
                least = min(least, sum)
            }
            return experts > 0 ? least : .nan
        }

        func finish() -> [Metric] {
            let total = samples.reduce(0, +)
            let regret = total > 0 ? mixture.reduce(0, +) - best(0..<keys) : Double.nan
            var byKey: [Double] = []
            var rows: [Double] = []
            for key in 0..<keys {
                byKey.append(samples[key] > 0 ? mixture[key] - best(key..<key + 1) : .nan)
                rows += [samples[key], mixture[key]]
                rows += losses[min(key * experts, losses.count)..<min((key + 1) * experts, losses.count)]
            }
            let factor = (isHedge ? log(Double(max(1, experts))) : Double(experts)) / 2
            let difference = bound ?? largest
            let bounds = totalSquares.map { difference * (factor * $0).squareRoot() }
            let unit = schema.lossUnit
            let sumByKey = byKey.filter { !$0.isNaN }.reduce(0, +)
            return [
                .scalar("regret", unit: unit, regret),
                .scalar("regret_bound", unit: unit, bounds[keys]),
                .scalar("regret_largest_difference", unit: unit, difference),
                .scalar("regret_per_sample", unit: unit, regret / total),
                .scalar("regret_against_best_by_key", unit: unit, total > 0 ? sumByKey : .nan),
                .curve("regret_by_key", unit: unit, byKey, axis: "key"),
                .curve("regret_bound_by_key", unit: unit, Array(bounds.prefix(keys)), axis: "key"),
                .table(
                    "losses_by_key", rows: keys, rows, axis: "samples, the mixture's loss, the experts' losses",
                    rowNames: (0..<keys).map { "key \($0)" }),
            ]
        }
    }
}
