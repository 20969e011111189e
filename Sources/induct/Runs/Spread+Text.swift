// SPDX-License-Identifier: Apache-2.0

import InductReport

extension Spread {
    var text: String {
        var table = TextTable([
            ("evaluation", .left), ("metric", .left), ("mean", .right), ("sd", .right), ("min", .right),
            ("max", .right),
        ])
        for item in items {
            table.add([
                item.evaluation, item.metric, item.summary.mean.significant(5),
                item.summary.deviation.map { $0.significant(3) } ?? "-", item.summary.least.significant(5),
                item.summary.largest.significant(5),
            ])
        }
        return table.text
    }
}
