// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost

/// What a check looks at: one spec of one part, and the seed of everything random about it.
struct Subject {
    let opener: any PluginOpener
    /// Complete enough to be opened; the name is qualified by the plugin's id.
    var spec: PluginSpec
    let seed: UInt64
    /// Where the calls of this part cross.
    let border: Border
    /// The plugin's file.
    let inspection: PluginInspection

    func source() throws -> any Source { try opener.source(spec) }

    /// The part as an architecture or gate, on the first of a few made-up tasks that it takes.
    func model(_ kind: PluginKind) throws -> Model {
        let numbers = kind == .gate ? MadeUpTask.expertCounts : [0]
        return try firstTaken(numbers) { task, experts in
            let architecture =
                kind == .gate
                ? try opener.gate(spec, schema: task.schema, length: task.length, experts: experts)
                : try opener.architecture(spec, schema: task.schema, length: task.length)
            return Model(architecture: architecture, task: task, experts: experts)
        }
    }

    /// The part as an evaluator, on the first of the made-up tasks that it takes.
    func evaluator() throws -> (evaluator: any Evaluator, task: MadeUpTask) {
        try firstTaken([0]) { task, _ in
            (try opener.evaluator(spec, schema: task.schema, length: task.length), task)
        }
    }

    /// What `open` makes of the first task, and the first number of experts, that it does not refuse.
    private func firstTaken<Opened>(_ numbers: [Int], _ open: (MadeUpTask, Int) throws -> Opened) throws -> Opened {
        var refusals: [String] = []
        for task in MadeUpTask.all {
            for experts in numbers {
                do {
                    return try open(task, experts)
                } catch let error as SpecError {
                    refusals.append("\(task.name): \(error.message)")
                }
            }
        }
        throw CheckSkipped("it takes none of the tasks that are tried (\(refusals.joined(separator: "; ")))")
    }

    /// A stream of random words of its own.
    func words(_ purpose: UInt32) -> RandomWords { RandomWords(seed: seed, purpose: purpose) }
}

/// Random words, one after the other.
struct RandomWords {
    let seed: UInt64
    let purpose: UInt32
    private var position: UInt64 = 0

    init(seed: UInt64, purpose: UInt32) {
        self.seed = seed
        self.purpose = purpose
    }

    mutating func next() -> UInt32 {
        let block = Philox.block(seed: seed, purpose: purpose, index: position, block: 0)
        position += 1
        return block.0
    }

    mutating func below(_ bound: Int) -> Int { Int((UInt64(next()) * UInt64(bound)) >> 32) }

    /// In [-1, 1).
    mutating func centred() -> Float { Float(Int32(bitPattern: next())) * 0x1p-31 }
}
