// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Theory {
    /// The theory of a hidden Markov model.
    package static func of(_ model: HiddenMarkovModel, request: TheoryRequest) throws(TheoryError) -> Theory {
        try HiddenMarkovAnalysis(model: model, request: request).run()
    }

    /// The theory of a source by the best means it offers: closed forms, a hidden Markov model, sampling with its oracle.
    ///
    /// With a begin-of-sequence token entropy[0] = 0 is that token's own, the child's entropies follow, and rate, excess
    /// entropy and spectrum are the child's.
    package static func of(_ source: any Source, request: TheoryRequest) throws(TheoryError) -> Theory {
        try request.check()
        let schema = source.schema
        guard schema.task == .nextToken else {
            throw .unavailable("\(source.spec) is no source of tokens, so that it has no entropy by position")
        }
        if let closed = source.theory { return try closedForm(closed, schema: schema, request: request) }
        guard let stated = source.hmm else {
            return try OracleSampling(source: source, request: request).run()
        }
        let model = try HiddenMarkovModel(stated, name: source.spec)
        guard schema.beginTokens > 0 else { return try of(model, request: request) }
        let child =
            model.tokens == schema.classes ? try model.dropping(begin: schema.classes - 1, name: source.spec) : model
        var inner = request
        inner.length = max(1, request.length - 1)
        var theory = try of(child, request: inner)
        theory.prependBegin(vocabulary: schema.classes, length: request.length)
        return theory
    }

    private static func closedForm(
        _ closed: any SourceTheory, schema: Schema, request: TheoryRequest
    ) throws(TheoryError) -> Theory {
        do {
            let stated = try closed.entropy(length: request.length)
            var theory = Theory(
                vocabulary: schema.classes, entropy: stated.entropy, method: .exact, components: [], error: 0, notes: []
            )
            if case .finite(let rate) = stated.entropyRate { theory.entropyRate = rate }
            switch stated.excessEntropy {
            case .finite(let excess): theory.excessEntropy = excess
            case .diverges: theory.excessEntropyReason = "the excess entropy diverges"
            case .unknown: theory.excessEntropyReason = "the source states no excess entropy"
            }
            return theory
        } catch {
            throw .plugin(error)
        }
    }

    /// Puts a begin-of-sequence token in front and keeps `length` positions.
    private mutating func prependBegin(vocabulary: Int, length: Int) {
        self.vocabulary = vocabulary
        func shifted(_ values: [Double], _ first: Double) -> [Double] { Array(([first] + values).prefix(length)) }
        entropy = shifted(entropy, 0)
        entropyStandardError = entropyStandardError.map { shifted($0, 0) }
        for index in components.indices {
            components[index].entropy = shifted(components[index].entropy, 0)
            components[index].crossEntropy = shifted(components[index].crossEntropy, 0)
        }
        guard var spectrum else { return }
        for index in spectrum.eigenvalues.indices {
            spectrum.eigenvalues[index].contribution = shifted(spectrum.eigenvalues[index].contribution, 0)
        }
        self.spectrum = spectrum
    }
}
