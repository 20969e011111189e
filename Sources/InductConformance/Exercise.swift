// SPDX-License-Identifier: Apache-2.0

import InductCore

extension Subject {
    /// What came of using a part.
    enum Outcome: Equatable {
        /// What it gave, byte for byte.
        case gave([UInt8])
        /// It refused in words.
        case refused(String)
    }

    /// Everything that a new instance does with a few samples, as bytes that another instance must repeat.
    ///
    /// With the answers of oracle and closed forms as well, whose last bits depend on the host's kernels.
    func exercise(_ kind: PluginKind, withTheory: Bool = true) throws -> [UInt8] {
        switch kind {
        case .source:
            let samples = Samples(try source())
            var bytes = try (0..<2).flatMap { try samples.rows(view: $0, seed: seed, count: 6).flatMap { $0 } }
            guard withTheory else { return bytes }
            if let oracle = samples.source.oracle {
                let results = try evaluate(oracle, try samples.batch(seed: seed, count: 3), seed)
                bytes += results.logProbability?.doubles.flatMap { Self.bytes($0.bitPattern) } ?? []
            }
            if let theory = samples.source.theory {
                bytes += try theory.entropy(length: 3).entropy.flatMap { Self.bytes($0.bitPattern) }
            }
            return bytes
        case .architecture, .gate:
            let passes = try passes(kind, count: 5)
            let incoming = passes.model.architecture.isDifferentiable ? randomGradients(passes, self) : nil
            let result = try passes.run(0..<5, outputGradients: incoming)
            return (result.outputs + result.gradients.flatMap { $0 }).flatMap { Self.bytes($0.bitPattern) }
        case .evaluator:
            let metrics = try EvaluatorTrial(self).consumed([0..<12]).finish()
            return metrics.flatMap { Array($0.name.utf8) + $0.values.flatMap { Self.bytes($0.bitPattern) } }
        }
    }

    /// The same across a changed border.
    ///
    /// - Throws: `CheckFailure` for what may never happen, such as a failure without words.
    func outcome(_ kind: PluginKind, _ changes: Border.Changes, withTheory: Bool = true) throws -> Outcome {
        border.changes = changes
        defer { border.changes = Border.Changes() }
        let outcome: Outcome
        do {
            outcome = .gave(try exercise(kind, withTheory: withTheory))
        } catch let error as CheckFailure {
            throw error
        } catch {
            outcome = .refused("\(error)")
        }
        if let text = border.violation(.message) { throw CheckFailure(text) }
        return outcome
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }
}
