// SPDX-License-Identifier: Apache-2.0

import InductLab

/// For commands that hold what a plugin states the size of: refuses what could never be held.
enum RoomInMemory {
    /// - Throws: `UsageError` when so many values, of so many bytes each, do not fit.
    static func check(_ name: String, values: Int, bytes: Int) throws {
        let size = ByteCount.product([values, bytes])
        guard let available = AvailableMemory().bytes, size > available else { return }
        throw UsageError(
            "\(name) takes \(ByteCount.text(size)), and \(ByteCount.text(available)) of memory are available; ask for "
                + "a shorter one")
    }
}
