// SPDX-License-Identifier: Apache-2.0

import CInduct
package import InductCore

/// An evaluator of a plugin, its needs checked when it was made.
package final class PluginEvaluator: Evaluator, @unchecked Sendable {
    typealias Instance = PluginInstance<induct_evaluator>

    package var spec: String { resolvedSpec.description }
    package let needs: [EvaluationNeed]

    let instance: Instance
    let resolvedSpec: PluginSpec

    private static let mostNeeds = 256
    private static let mostPoints: UInt32 = 4096

    init(instance: Instance, spec: PluginSpec) throws(TableDefect) {
        self.instance = instance
        resolvedSpec = spec
        let table = instance.table
        let handle = instance.handle
        let slots: [(String, Bool)] = [
            ("destroy", table.destroy == nil), ("need", table.need == nil), ("begin", table.begin == nil),
            ("consume", table.consume == nil), ("merge", table.merge == nil), ("finish", table.finish == nil),
            ("discard", table.discard == nil),
        ]
        if let missing = slots.first(where: \.1)?.0 {
            throw TableDefect("the \(missing) of its induct_evaluator is NULL")
        }
        var needs: [EvaluationNeed] = []
        while let pointer = instance.gate.enter("need", { table.need(handle, UInt32(needs.count)) }) {
            guard needs.count < Self.mostNeeds else {
                throw TableDefect("it has more than \(Self.mostNeeds) needs; give NULL past the last one")
            }
            needs.append(try Self.need(pointer))
        }
        guard !needs.isEmpty else { throw TableDefect("it needs nothing, so there is nothing to evaluate") }
        self.needs = needs
    }

    private static func need(_ pointer: UnsafePointer<induct_need>) throws(TableDefect) -> EvaluationNeed {
        let table = try Negotiation.read(pointer, "induct_need", minimum: 20)
        guard let stream = EvaluationNeed.Stream(rawValue: Int(table.stream)) else {
            throw TableDefect("one of its needs has the unknown stream \(table.stream)")
        }
        guard table.items >> 8 == 0 else {
            throw TableDefect("one of its needs asks for items that this host does not know: \(table.items)")
        }
        guard let parameters = EvaluationNeed.Parameters(rawValue: Int(table.parameters)) else {
            throw TableDefect("one of its needs asks for the unknown parameters \(table.parameters)")
        }
        guard parameters == .current || stream == .view else {
            throw TableDefect("one of its needs asks for the untrained model on the training stream; ask on a view")
        }
        guard table.point_count <= mostPoints, table.point_count == 0 || table.points != nil else {
            throw TableDefect("one of its needs asks for \(table.point_count) points, or names none of them")
        }
        var points: [String] = []
        for i in 0..<Int(table.point_count) {
            points.append(try Negotiation.requiredText(table.points[i], "need's point", limit: INDUCT_MAX_STRING))
        }
        return EvaluationNeed(
            stream: stream, view: try Negotiation.text(table.view, "need's view", limit: INDUCT_MAX_STRING),
            items: EvaluationItems(rawValue: table.items), points: points,
            // What a later version adds does not exist here.
            optionalItems: EvaluationItems(rawValue: table.optional_items & 255), parameters: parameters)
    }

    package func begin() throws(PluginFailure) -> any EvaluationAccumulator {
        let table = instance.table
        let handle = instance.handle
        var accumulator: UnsafeMutableRawPointer?
        try instance.gate.run("begin") { table.begin(handle, &accumulator, $0) }
        return PluginAccumulator(instance, accumulator)
    }
}

/// What a plugin's evaluator has seen so far.
final class PluginAccumulator: EvaluationAccumulator {
    private let instance: PluginEvaluator.Instance
    /// The plugin's own; it may be NULL.
    private let accumulator: UnsafeMutableRawPointer?

    init(_ instance: PluginEvaluator.Instance, _ accumulator: UnsafeMutableRawPointer?) {
        self.instance = instance
        self.accumulator = accumulator
    }

    deinit {
        let table = instance.table
        instance.gate.enter("discard") { table.discard(instance.handle, accumulator) }
    }

    func consume(_ batch: EvaluationBatch) throws(PluginFailure) {
        let arena = Arena()
        let pointer = arena.copy(batch: batch)
        let table = instance.table
        try withExtendedLifetime(arena) { () throws(PluginFailure) in
            try instance.gate.run("consume", isFrequent: true) {
                table.consume(instance.handle, accumulator, pointer, $0)
            }
        }
    }

    func merge(_ other: any EvaluationAccumulator) throws(PluginFailure) {
        guard let other = other as? PluginAccumulator, other.instance === instance else {
            preconditionFailure("only accumulators of one evaluator are merged")
        }
        let table = instance.table
        try instance.gate.run("merge") { table.merge(instance.handle, accumulator, other.accumulator, $0) }
    }

    func finish() throws(PluginFailure) -> [Metric] {
        let table = instance.table
        var metrics = induct_metrics()
        metrics.struct_size = UInt32(MemoryLayout<induct_metrics>.size)
        try instance.gate.run("finish") { table.finish(instance.handle, accumulator, &metrics, $0) }
        defer {
            if let release = metrics.release { instance.gate.enter("release") { release(&metrics) } }
        }
        do throws(TableDefect) {
            // Reads the plugin's memory, which may end the process as its calls may.
            return try instance.gate.enter("finish") {
                Result { () throws(TableDefect) in
                    try withUnsafePointer(to: metrics) { pointer throws(TableDefect) in
                        try MetricsReading.metrics(pointer)
                    }
                }
            }.get()
        } catch {
            throw instance.gate.failure("finish", message: error.message)
        }
    }
}

extension Arena {
    /// A batch for evaluators; it lives as long as the arena.
    func copy(batch: EvaluationBatch) -> UnsafePointer<induct_evaluation_batch> {
        var table = induct_evaluation_batch()
        table.struct_size = UInt32(MemoryLayout<induct_evaluation_batch>.size)
        table.need = UInt32(batch.need)
        table.step = batch.step
        table.first = batch.first
        table.count = UInt64(batch.count)
        table.length = Int64(batch.length)
        table.positions = Int64(batch.positions)
        table.classes = Int64(batch.classes)
        table.tensor_count = UInt32(batch.tensors.count)
        table.tensors = copy(tensors: batch.tensors)
        table.predictions = batch.predictions
        table.losses = batch.losses
        table.oracle = batch.oracle
        table.belief = batch.belief
        table.posterior = batch.posterior
        table.belief_size = UInt64(batch.beliefSize)
        table.component_count = UInt64(batch.componentCount)
        table.point_count = UInt32(batch.points.count)
        table.points = batch.points.isEmpty ? nil : copy(tensors: batch.points)
        let names: [UnsafePointer<CChar>?] = batch.pointNames.map { copy(text: $0) }
        table.point_names = names.isEmpty ? nil : UnsafePointer(copy(names))
        table.component_of_belief = batch.componentOfBelief.map { UnsafePointer(copy($0)) }
        table.parameter_count = UInt64(batch.parameters.count)
        if !batch.parameters.isEmpty {
            let descriptions = batch.parameterDescriptions.map {
                copy(parameter: $0) as UnsafePointer<induct_parameter>?
            }
            table.parameter_descriptions = UnsafePointer(copy(descriptions))
            table.parameters = UnsafePointer(copy(batch.parameters.map { $0 as UnsafePointer<Float>? }))
        }
        table.gate = batch.gate
        table.expert_losses = batch.expertLosses
        table.expert_count = UInt64(batch.expertCount)
        return UnsafePointer(copy(table))
    }
}
