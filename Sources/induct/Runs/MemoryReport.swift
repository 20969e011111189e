// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab

/// What a training would take, for those who ask before it starts.
struct MemoryReport {
    let plan: ExperimentPlan
    let available: Int?

    init(_ plan: ExperimentPlan) {
        self.plan = plan
        available = AvailableMemory().bytes
    }

    var json: JSON {
        let training = plan.recipe.training
        let parts = plan.memory.parts.map { JSON.Member(key: $0.name, value: .integer(Int64($0.bytes))) }
        let count = plan.model.parameters.map(\.count).reduce(0, +)
        return [
            "recipe": plan.recipe.json, "parameters": .integer(Int64(count)), "threads": .integer(Int64(plan.threads)),
            "shards": .integer(Int64(training.shardCount)), "rounds": .integer(Int64(training.rounds.count)),
            "memory": .object(
                parts + [
                    .init(key: "total", value: .integer(Int64(plan.memory.total))),
                    .init(key: "available", value: available.map { .integer(Int64($0)) } ?? .null),
                    .init(key: "unstated", value: .array(plan.memory.unstated.map(JSON.string))),
                ]),
        ]
    }

    var text: String {
        let count = plan.model.parameters.map(\.count).reduce(0, +)
        var rows = [("parameters", "\(count)"), ("threads", "\(plan.threads)")]
        rows += plan.memory.parts.map { ("memory for \($0.name)", ByteCount.text($0.bytes)) }
        rows.append(("memory in all, about", ByteCount.text(plan.memory.total)))
        rows += plan.memory.unstated.map { ("not in it, for it does not say", $0) }
        rows.append(("memory available", available.map(ByteCount.text) ?? "unknown"))
        return TextTable.pairs(rows)
    }

    /// Prints it.
    ///
    /// - Throws: `SpecError`, after printing, when it does not fit.
    func print(_ format: OutputFormat) throws {
        switch format {
        case .json: try StandardOutput.write(json)
        case .text: try StandardOutput.write(text)
        }
        try plan.memory.check(available: available)
    }
}
