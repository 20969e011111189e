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
            throw .unavailable(
                "\(source.spec) is no source of tokens, so that it has no entropy by position, and does not state how it "
                    + "draws labelled examples")
        }
        if let closed = source.theory {
            do throws(PluginFailure) {
                return try closedForm(closed, schema: schema, length: request.length)
            } catch {
                guard error.isRefusal else { throw .plugin(error) }
                return try beyond(closed, refusing: error, source: source, request: request)
            }
        }
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
        _ closed: any SourceTheory, schema: Schema, length: Int
    ) throws(PluginFailure) -> Theory {
        let stated = try closed.entropy(length: length)
        var theory = Theory(
            vocabulary: schema.classes, entropy: stated.entropy, method: .exact, components: [], error: 0, notes: [])
        if case .finite(let rate) = stated.entropyRate { theory.entropyRate = rate }
        switch stated.excessEntropy {
        case .finite(let excess): theory.excessEntropy = excess
        case .diverges: theory.excessEntropyReason = "the excess entropy diverges"
        case .unknown: theory.excessEntropyReason = "the source states no excess entropy"
        }
        return theory
    }

    /// The theory of a source whose closed forms end before the length asked for: exact as far as they go, then from its
    /// model where it states one, else estimated with its oracle.
    private static func beyond(
        _ closed: any SourceTheory, refusing failure: PluginFailure, source: any Source, request: TheoryRequest
    ) throws(TheoryError) -> Theory {
        if let stated = source.hmm, source.schema.beginTokens == 0 {
            return try of(try HiddenMarkovModel(stated, name: source.spec), request: request)
        }
        guard source.oracle != nil else { throw .invalidRequest(failure.message) }
        // The longest curve that the closed forms give lies in [served, refused).
        var (served, refused) = (0, request.length)
        var exact: Theory?
        while refused - served > 1 {
            let length = served == 0 ? (refused + 1) / 2 : (served + refused) / 2
            do throws(PluginFailure) {
                exact = try closedForm(closed, schema: source.schema, length: length)
                served = length
            } catch {
                guard error.isRefusal else { throw .plugin(error) }
                refused = length
            }
        }
        var theory = try OracleSampling(source: source, request: request, known: served).run()
        guard let exact else { return theory }
        theory.entropy.replaceSubrange(0..<served, with: exact.entropy)
        theory.entropyStandardError?.replaceSubrange(0..<served, with: [Double](repeating: 0, count: served))
        theory.entropyRate = exact.entropyRate
        theory.excessEntropy = exact.excessEntropy
        theory.excessEntropyReason = exact.excessEntropyReason
        theory.notes.insert("h_1 to h_\(served) are exact: the source's closed forms reach so far.", at: 0)
        return theory
    }

    /// Puts a begin-of-sequence token in front and keeps `length` positions.
    private mutating func prependBegin(vocabulary: Int, length: Int) {
        self.vocabulary = vocabulary
        func shifted(_ values: [Double], _ first: Double) -> [Double] { Array(([first] + values).prefix(length)) }
        entropy = shifted(entropy, 0)
        entropyStandardError = entropyStandardError.map { shifted($0, 0) }
        entropyErrorBound = entropyErrorBound.map { shifted($0, 0) }
        for index in components.indices {
            components[index].entropy = shifted(components[index].entropy, 0)
            components[index].crossEntropy = shifted(components[index].crossEntropy, 0)
            components[index].entropyStandardError = components[index].entropyStandardError.map { shifted($0, 0) }
            components[index].excessStandardError = components[index].excessStandardError.map { shifted($0, 0) }
        }
        guard var spectrum else { return }
        for index in spectrum.eigenvalues.indices {
            spectrum.eigenvalues[index].contribution = shifted(spectrum.eigenvalues[index].contribution, 0)
        }
        self.spectrum = spectrum
    }
}

extension PluginFailure {
    /// Whether a closed form declines a length, rather than having failed: OUT_OF_RANGE or RESOURCE_EXHAUSTED of abi.h.
    fileprivate var isRefusal: Bool { status == 11 || status == 8 }
}
