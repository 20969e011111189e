// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// What a sweep says about a claim.
///
/// The statistic is taken seed by seed (a difference is of two runs with the same seed); the claim is supported when its
/// mean keeps the bound. The standard error and t = (mean - bound) / error say how far that can be trusted.
package struct ClaimVerdict: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        case supported
        case notSupported
        /// The sweep lacks what it needs, for this reason.
        case untested(String)

        package var text: String {
            switch self {
            case .supported: "supported"
            case .notSupported: "not supported"
            case .untested: "not tested"
            }
        }
    }

    package let claim: Sweep.Claim
    package let statistics: Spread.Statistics?
    package let outcome: Outcome

    package init(_ claim: Sweep.Claim, in table: SweepTable) {
        self.claim = claim
        do throws(Missing) {
            let values = try Self.values(of: claim.value, in: table)
            let others = try claim.minus.map { cell throws(Missing) in try Self.values(of: cell, in: table) }
            let differences = values.compactMap { seed, value in
                others.map { others in others[seed].map { value - $0 } } ?? value
            }
            guard !differences.isEmpty else { throw Missing("no seed has both of its points") }
            let statistics = Spread.Statistics(values: differences.sorted())
            self.statistics = statistics
            outcome = claim.bound.holds(statistics.mean) ? .supported : .notSupported
        } catch {
            statistics = nil
            outcome = .untested(error.reason)
        }
    }

    /// Whether it speaks against the paper without being known to.
    package var isFault: Bool { outcome == .notSupported && claim.known == nil }

    /// (mean - bound) / standard error; nil for fewer than two seeds, and where all agree.
    package var t: Double? {
        guard let statistics, let error = statistics.standardError, error > 0 else { return nil }
        return (statistics.mean - claim.bound.threshold) / error
    }

    private struct Missing: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// The metric at the one point that a cell means, by seed.
    private static func values(
        of cell: Sweep.Claim.Cell, in table: SweepTable
    ) throws(Missing) -> [Int: Double] {
        let points = table.points(at: cell.place)
        guard let point = points.first else { throw Missing("its point is not in this sweep's grid") }
        guard points.count == 1 else { throw Missing("\(points.count) points of this sweep's grid are meant") }
        guard !point.runs.isEmpty else { throw Missing("no run of its point is finished") }
        var values: [Int: Double] = [:]
        for run in point.runs {
            if let seed = run.seed, let value = run.last(scalar: cell.metric), value.isFinite { values[seed] = value }
        }
        guard !values.isEmpty else { throw Missing("its runs have no metric '\(cell.metric)'") }
        return values
    }

    package var json: JSON {
        var members: [JSON.Member] = [
            .init(key: "claim", value: .string(claim.text)),
            .init(key: "value", value: .optional(statistics?.mean)),
            .init(key: "standard_error", value: .optional(statistics?.standardError)),
            .init(key: "seeds", value: .integer(Int64(statistics?.values.count ?? 0))),
            .init(key: "t", value: .optional(t)),
        ]
        switch claim.bound {
        case .atLeast(let number): members.append(.init(key: "at_least", value: .number(number)))
        case .atMost(let number): members.append(.init(key: "at_most", value: .number(number)))
        }
        members.append(.init(key: "outcome", value: .string(outcome.text)))
        if case .untested(let reason) = outcome { members.append(.init(key: "reason", value: .string(reason))) }
        members.append(.init(key: "known", value: .optional(claim.known)))
        return .object(members)
    }
}
