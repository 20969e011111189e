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

    static let batchSize = 256
    static let fewestSamples = 1024
    static let mostSamples = 1 << 16
    /// Predictions after which sampling stops even if the precision is not reached.
    static let mostPredictions = 30_000_000

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
        var moments = RunningMoments(count: length)
        var first: UInt64 = 0
        repeat {
            try add(oracle, first: first, length: length, to: &moments)
            first += UInt64(Self.batchSize)
            let isEnough =
                moments.samples >= Self.fewestSamples && moments.standardErrors.allSatisfy { $0 <= request.precision }
            if isEnough { break }
        } while moments.samples < min(Self.mostSamples, max(Self.fewestSamples, Self.mostPredictions / length))
        return Theory(
            vocabulary: schema.classes, entropy: moments.means, entropyStandardError: moments.standardErrors,
            excessEntropyReason: "it cannot be estimated from samples without bias", method: .monteCarlo,
            components: [],
            error: 0, notes: ["Estimated from \(moments.samples) sampled sequences and the source's own oracle."])
    }

    private func add(
        _ oracle: any SourceOracle, first: UInt64, length: Int, to moments: inout RunningMoments
    ) throws(TheoryError) {
        let schema = source.schema
        let classes = schema.classes
        let batch = Batch(schema: schema, count: Self.batchSize, length: length)
        let laws = Tensor(.float64, [Self.batchSize, length + 1, classes])
        do {
            try source.fill(batch, rows: 0..<Self.batchSize, view: 0, seed: request.seed, first: first)
            try oracle.evaluate(
                batch, view: 0, seed: request.seed, into: OracleResults(predictive: laws))
        } catch {
            throw .plugin(error)
        }
        guard let start = laws.doubles.baseAddress else { return }
        for sample in 0..<Self.batchSize {
            for position in 0..<length {
                let law = start + (sample * (length + 1) + position) * classes
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
