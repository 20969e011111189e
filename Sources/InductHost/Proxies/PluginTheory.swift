// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Closed forms of a plugin's source; induct.source.theory/1.
final class PluginTheory: SourceTheory, @unchecked Sendable {
    typealias Entropy =
        @convention(c) (
            UnsafePointer<induct_source>?, Int64, UnsafeMutablePointer<Double>?,
            UnsafeMutablePointer<induct_source_theory_summary>?, UnsafeMutablePointer<induct_error>?
        ) -> induct_status

    private let instance: SourceInstance
    private let entropyCall: Entropy

    init(_ pointer: UnsafePointer<induct_source_theory>, instance: SourceInstance) throws(TableDefect) {
        let table = try Negotiation.read(pointer, "induct_source_theory", minimum: 16)
        guard let entropy = table.entropy else { throw TableDefect("the entropy of its theory is NULL") }
        entropyCall = entropy
        self.instance = instance
    }

    func entropy(length: Int) throws(PluginFailure) -> (
        entropy: [Double], entropyRate: TheoryValue, excessEntropy: TheoryValue
    ) {
        var summary = induct_source_theory_summary()
        summary.struct_size = UInt32(MemoryLayout<induct_source_theory_summary>.size)
        summary.entropy_rate_status = INDUCT_THEORY_UNKNOWN
        summary.excess_entropy_status = INDUCT_THEORY_UNKNOWN
        var entropy = [Double](repeating: .nan, count: length)
        try entropy.withUnsafeMutableBufferPointer { buffer throws(PluginFailure) in
            try self.entropy(length: Int64(length), into: buffer.baseAddress, summary: &summary)
        }
        if let place = entropy.firstIndex(where: { !$0.isFinite || $0 < -1e-12 }) {
            throw instance.gate.failure("entropy", message: "h_\(place + 1) is \(entropy[place])")
        }
        return (
            entropy, value(summary.entropy_rate_status, summary.entropy_rate),
            value(summary.excess_entropy_status, summary.excess_entropy)
        )
    }

    /// A call as the ABI says it; for the host's own and for those of parents in other plugins.
    func entropy(
        length: Int64, into entropy: UnsafeMutablePointer<Double>?,
        summary: UnsafeMutablePointer<induct_source_theory_summary>?
    ) throws(PluginFailure) {
        let handle = instance.handle
        let function = entropyCall
        try instance.gate.run("entropy") { function(handle, length, entropy, summary, $0) }
    }

    private func value(_ status: UInt32, _ value: Double) -> TheoryValue {
        switch status {
        case INDUCT_THEORY_FINITE: value.isFinite ? .finite(value) : .unknown
        case INDUCT_THEORY_DIVERGES: .diverges
        default: .unknown
        }
    }
}
