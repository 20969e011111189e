// SPDX-License-Identifier: Apache-2.0

/// Measures the training of a run, evaluations left out.
struct RunClock {
    private static let reportInterval: UInt64 = 100_000_000

    private var begun: UInt64 = 0
    private var spent: UInt64 = 0
    private var steps = 0
    private var reported: UInt64 = 0

    mutating func start() { begun = monotonicNanoseconds() }

    mutating func stop() {
        spent += monotonicNanoseconds() - begun
        steps += 1
    }

    var stepsPerSecond: Double? { spent > 0 ? Double(steps) / (Double(spent) * 1e-9) : nil }

    /// True when a tenth of a second has gone by since it was true.
    var isTimeToReport: Bool {
        mutating get {
            let now = begun
            guard now - reported >= Self.reportInterval else { return false }
            reported = now
            return true
        }
    }
}
