// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import InductCore

/// Estimates h_l for a source that can only be sampled and scored.
///
/// Sequences are drawn from the source itself, and at every position the exact entropies of the oracle's laws are averaged:
/// unbiased, and less variable than the surprise of the token that came.
struct OracleSampling {
    let source: any Source
    let request: TheoryRequest
    /// Leading positions whose entropies are known, so that their precision does not matter.
    var known = 0

    /// Sequences of a batch, fewer where they are long.
    static let largestBatch = 256
    /// Numbers in the laws of a batch: 16 MiB.
    static let numbersPerBatch = 1 << 21
    /// Numbers in the laws of one sequence: 1 GiB.
    static let mostNumbers = 1 << 27
    static let fewestSamples = 1024
    static let mostSamples = 1 << 16
    /// Predictions after which sampling stops even if the precision is not reached, at the default precision; fewer where each
    /// is of many numbers.
    static let mostPredictions = 30_000_000
    /// Numbers of all those predictions: of their laws, and of what an oracle weighs for them; some seconds of work.
    static let mostWork = 1 << 29

    func run() throws(TheoryError) -> Theory {
        let schema = source.schema
        guard let oracle = source.oracle else {
            throw .unavailable(
                "\(source.spec) states no closed form, no hidden Markov model and no oracle: there is nothing to compute a theory from"
            )
        }
        if let most = schema.maximumLength, request.length > most {
            throw .invalidRequest("\(source.spec) has sequences of at most \(most) tokens, not \(request.length)")
        }
        let length = request.length
        guard (length + 1) * schema.classes <= Self.mostNumbers else {
            throw .invalidRequest(
                "the laws of one sequence of \(length) tokens over a vocabulary of \(schema.classes) do not fit into memory; "
                    + "ask for a shorter one")
        }
        let batchSize = max(1, min(Self.largestBatch, Self.numbersPerBatch / ((length + 1) * schema.classes)))
        let numbers = schema.classes + oracle.componentCount + oracle.beliefSize
        let predictions = Int(Double(min(Self.mostPredictions, Self.mostWork / numbers)) * request.effort)
        // A standard error needs two sequences at least, however long they are.
        let fewest = length > predictions / Self.fewestSamples ? 16 : Self.fewestSamples
        var moments = RunningMoments(count: length)
        var first: UInt64 = 0
        var isEnough = false
        repeat {
            try add(oracle, first: first, count: batchSize, length: length, to: &moments)
            first += UInt64(batchSize)
            isEnough =
                moments.samples >= Self.fewestSamples
                && moments.standardErrors.dropFirst(known).allSatisfy { $0 <= request.precision }
            if isEnough { break }
        } while moments.samples < min(Self.mostSamples, max(fewest, predictions / length))
        var notes = ["Estimated from \(moments.samples) sampled sequences and the source's own oracle."]
        if !isEnough {
            notes.append(
                "The work ended before standard errors of \(request.precision) nats were reached; a hundredth of the precision "
                    + "gives it ten times as much.")
        }
        notes.append("There is no entropy rate: samples and scores of finite length do not bound it.")
        return Theory(
            vocabulary: schema.classes, entropy: moments.means, entropyStandardError: moments.standardErrors,
            excessEntropyReason: "it cannot be estimated from samples without bias", method: .monteCarlo,
            components: [],
            error: 0, notes: notes)
    }

    private func add(
        _ oracle: any SourceOracle, first: UInt64, count: Int, length: Int, to moments: inout RunningMoments
    ) throws(TheoryError) {
        let schema = source.schema
        let classes = schema.classes
        let batch = Batch(schema: schema, count: count, length: length)
        let laws = Tensor(.float64, [count, length + 1, classes])
        do {
            try source.fill(batch, rows: 0..<count, view: 0, seed: request.seed, first: first)
            try oracle.evaluate(
                batch, view: 0, seed: request.seed, into: OracleResults(predictive: laws))
        } catch {
            throw .plugin(error)
        }
        guard let start = laws.doubles.baseAddress else { return }
        for sample in 0..<count {
            for position in 0..<length {
                let law = start + (sample * (length + 1) + position) * classes
                guard !law[0].isNaN else {
                    throw .plugin(
                        PluginFailure(
                            plugin: source.spec, call: "oracle", status: 13,
                            message:
                                "it gives no law after \(position) tokens of sample \(first + UInt64(sample)), which the "
                                + "source itself draws"))
                }
                moments.add(BeliefObserver.entropy(law, classes), at: position)
            }
            moments.samples += 1
        }
    }
}

/// Means and standard errors by position.
struct RunningMoments {
    private var sums: [Double]
    private var squares: [Double]
    var samples = 0

    init(count: Int) {
        sums = Array(repeating: 0, count: count)
        squares = sums
    }

    mutating func add(_ value: Double, at position: Int) {
        sums[position] += value
        squares[position] += value * value
    }

    var means: [Double] { sums.map { $0 / Double(samples) } }

    var standardErrors: [Double] {
        let count = Double(samples)
        return zip(sums, squares).map { sum, square in
            (max(0, square / count - (sum / count) * (sum / count)) / max(1, count - 1)).squareRoot()
        }
    }
}
