// SPDX-License-Identifier: Apache-2.0

public import CInduct

/// The host's numerical kernels, `induct.host.kernels/1`; see kernels.h for what each one computes.
///
/// Every kernel runs in the calling thread, allocates nothing and never fails. Matrices are float32 and row-major.
public final class Kernels: @unchecked Sendable {
    /// The host's table, in this library's size: slots that an older host does not know are nil.
    public let table: induct_kernels

    /// Takes the kernels of a host.
    ///
    /// - Parameters:
    ///   - host: The services that `create` was given.
    ///   - user: Who asks, for the message: "transformer".
    /// - Throws: `InductError` when the host offers no kernels, or lacks one that existed in version 1.0.
    public init(_ host: Host, for user: String) throws(InductError) {
        guard let table = host.kernels else {
            throw InductError(
                .unavailable,
                "\(user) computes with the host's kernels (\(INDUCT_HOST_KERNELS)), and this host offers none: "
                    + "use a host that does")
        }
        guard Int(table.struct_size) >= Self.firstSize else {
            throw InductError(
                .unavailable,
                "\(user) needs the kernels of version 1.0 (\(Self.firstSize) bytes), but this host's table has "
                    + "\(table.struct_size): use a newer host")
        }
        self.table = table
    }

    /// Bytes up to and with the last slot of version 1.0.
    private static var firstSize: Int {
        (MemoryLayout<induct_kernels>.offset(of: \induct_kernels.hmm_sample) ?? 0) + MemoryLayout<Int>.size
    }

    /// Bytes of scratch that any kernel may use; 64-byte aligned.
    public var scratchSize: Int { Int(table.scratch_size) }

    /// c = epilogue(op(a) op(b)).
    public func gemm(_ call: consuming induct_gemm) {
        call.struct_size = UInt32(MemoryLayout<induct_gemm>.size)
        table.gemm(&call)
    }

    /// Layer norm, or RMS norm when `center` is 0.
    public func norm(_ call: consuming induct_norm) {
        call.struct_size = UInt32(MemoryLayout<induct_norm>.size)
        table.norm(&call)
    }

    /// The gradient of `norm`.
    public func normBackward(_ call: consuming induct_norm) {
        call.struct_size = UInt32(MemoryLayout<induct_norm>.size)
        table.norm_backward(&call)
    }

    /// Scaled dot-product attention.
    public func attention(_ call: consuming induct_attention) {
        call.struct_size = UInt32(MemoryLayout<induct_attention>.size)
        table.attention(&call)
    }

    /// The gradient of `attention`.
    public func attentionBackward(_ call: consuming induct_attention) {
        call.struct_size = UInt32(MemoryLayout<induct_attention>.size)
        table.attention_backward(&call)
    }
}
