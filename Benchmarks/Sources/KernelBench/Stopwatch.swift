// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Measures processor time of the calling thread, which other processes do not lengthen.
struct Stopwatch {
    /// Calls per measurement are doubled until one takes this long.
    var seconds = 0.005
    /// Measurements, of which the median counts.
    var repetitions = 9

    /// Median seconds of one call.
    func median(_ body: () -> Void) -> Double {
        body()
        let times = (0..<repetitions).map { _ in
            var calls = 1
            while true {
                let start = Self.now
                for _ in 0..<calls { body() }
                let elapsed = Self.now - start
                if elapsed >= seconds { return elapsed / Double(calls) }
                calls *= 2
            }
        }
        return times.sorted()[repetitions / 2]
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
