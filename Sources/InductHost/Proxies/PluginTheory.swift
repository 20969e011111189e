// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc
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
    /// ln of the number of classes, which no entropy exceeds; nil for regressions.
    private let largest: Double?

    init(
        _ pointer: UnsafePointer<induct_source_theory>, instance: SourceInstance, schema: Schema
    ) throws(TableDefect) {
        let table = try Negotiation.read(pointer, "induct_source_theory", minimum: 16)
        guard let entropy = table.entropy else { throw TableDefect("the entropy of its theory is NULL") }
        entropyCall = entropy
        self.instance = instance
        largest = schema.task == .regression ? nil : log(Double(schema.classes))
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
        if let largest, let place = entropy.firstIndex(where: { $0 > largest + Self.tolerance }) {
            throw instance.gate.failure(
                "entropy",
                message: "h_\(place + 1) is \(entropy[place]), and no law of its tokens has more than \(largest) nats")
        }
        return (
            entropy, try value("entropy rate", summary.entropy_rate_status, summary.entropy_rate),
            try value("excess entropy", summary.excess_entropy_status, summary.excess_entropy)
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

    private static let tolerance = 1e-9

    private func value(_ name: String, _ status: UInt32, _ value: Double) throws(PluginFailure) -> TheoryValue {
        switch status {
        case INDUCT_THEORY_FINITE:
            guard value.isFinite, value >= -Self.tolerance else {
                throw instance.gate.failure("entropy", message: "it states the \(name) \(value)")
            }
            return .finite(value)
        case INDUCT_THEORY_UNKNOWN: return .unknown
        case INDUCT_THEORY_DIVERGES: return .diverges
        default: throw instance.gate.failure("entropy", message: "its \(name) has the unknown status \(status)")
        }
    }
}
