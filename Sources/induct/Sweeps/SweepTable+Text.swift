// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductReport

extension SweepTable {
    /// A line for each point and scalar: mean and standard error over the seeds.
    ///
    /// `metrics`: which; empty = every scalar. Of more than `most` rows only how to see them is said.
    func text(metrics: [String] = [], most: Int = .max) -> String {
        let rows = rows(metrics: metrics)
        guard !rows.isEmpty else { return "no metrics yet\n" }
        guard rows.count <= most else { return "\(rows.count) results; see them with: induct runs compare DIR\n" }
        var table = TextTable(
            sweep.axes.indices.map { (sweep.shortName($0), .left) } + [
                ("evaluation", .left), ("metric", .left), ("mean", .right), ("+-", .right), ("seeds", .right),
            ])
        for row in rows {
            table.add(
                row.labels + [
                    row.evaluation, row.metric, row.statistics.mean.significant(5),
                    row.statistics.standardError.map { $0.significant(2) } ?? "-", "\(row.statistics.values.count)",
                ])
        }
        return table.text
    }
}

extension ClaimVerdict {
    /// For readers; "" without claims.
    static func text(_ verdicts: [ClaimVerdict]) -> String {
        guard !verdicts.isEmpty else { return "" }
        var table = TextTable([
            ("", .left), ("found", .right), ("+-", .right), ("bound", .right), ("t", .right), ("claim", .left),
        ])
        var notes = ""
        for verdict in verdicts {
            let bound =
                switch verdict.claim.bound {
                case .atLeast(let number): ">= \(number.significant(4))"
                case .atMost(let number): "<= \(number.significant(4))"
                }
            table.add([
                verdict.isFault ? "NOT SUPPORTED" : verdict.outcome.text,
                verdict.statistics?.mean.fixed(3) ?? "-", verdict.statistics?.standardError?.fixed(3) ?? "-", bound,
                verdict.t?.fixed(1) ?? "-", verdict.claim.text,
            ])
            if case .untested(let reason) = verdict.outcome {
                notes += "not tested: \(verdict.claim.text): \(reason)\n"
            }
            if verdict.outcome == .notSupported, let known = verdict.claim.known {
                notes += "known: \(verdict.claim.text): \(known)\n"
            }
        }
        return "\nThe paper's claims (means over seeds; t = (found - bound) / standard error):\n" + table.text
            + (notes.isEmpty ? "" : "\n" + notes)
    }
}
