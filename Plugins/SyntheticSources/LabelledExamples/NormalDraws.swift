// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductSDK

/// Standard normal variables of random.h in bulk: by the host's kernel, or one by one where there is none, bit for bit alike.
struct NormalDraws: @unchecked Sendable {
    private let kernels: induct_kernels?

    init(_ host: Host) { kernels = host.kernels }

    /// The normals of words `[0, count)` of a stream.
    func write(
        seed: UInt64, purpose: DrawPurpose, index: UInt64, count: Int, into normals: UnsafeMutablePointer<Float>
    ) {
        if let bulk = kernels?.random_normals {
            bulk(seed, purpose.word, index, 0, UInt64(count), normals)
            return
        }
        var stream = RandomStream(seed: seed, purpose: purpose, index: index)
        for place in 0..<count { normals[place] = induct_normal_float(stream.next()) }
    }
}
