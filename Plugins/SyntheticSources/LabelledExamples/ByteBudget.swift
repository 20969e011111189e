// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Bytes that may still be kept in memory.
final class ByteBudget: Sendable {
    private let left: Mutex<UInt64>

    init(_ bytes: UInt64) { left = Mutex(bytes) }

    /// Takes so many; false where fewer are left.
    func take(_ bytes: UInt64) -> Bool {
        left.withLock { left in
            guard bytes <= left else { return false }
            left -= bytes
            return true
        }
    }
}
