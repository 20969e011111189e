// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What needs floating-point arithmetic must not depend on how the calling thread rounds.
enum RoundingMode {
    /// Runs `body` with rounding to nearest, and restores the thread's mode.
    static func nearest<Result>(_ body: () throws -> Result) rethrows -> Result {
        let mode = fegetround()
        guard mode != FE_TONEAREST else { return try body() }
        fesetround(FE_TONEAREST)
        defer { fesetround(mode) }
        return try body()
    }
}
