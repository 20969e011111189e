// SPDX-License-Identifier: Apache-2.0

import CInduct

/// Aligned floats with seeded normal values, kept until the process ends.
func buffer(_ count: Int) -> UnsafeMutablePointer<Float> {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, 4 * count), alignment: 64)
    let floats = raw.bindMemory(to: Float.self, capacity: count)
    for i in 0..<count { floats[i] = 0.1 * induct_normal_float(induct_random_word(1, 0, 0, UInt64(i))) }
    return floats
}
