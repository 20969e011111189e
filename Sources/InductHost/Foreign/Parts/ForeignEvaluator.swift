// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// An evaluator made of a library's function, as a table of evaluator.h: the function sees one sample a call.
final class ForeignEvaluator: Sendable {
    private let plan: ForeignEvaluatorPlan
    private let frames: ForeignFrames
    /// Places of the tensors that the call sees, by name.
    private let tensors: [String: Int]
    /// Arrays that the function writes and that are as long as others, which go in.
    private let followers: [(Int, leader: Int)]
    private let tables: ForeignTables<induct_evaluator>

    /// - Throws: `INVALID_ARGUMENT` when the task has no tensor that the call asks for.
    init(
        _ part: ForeignPart, _ plan: ForeignEvaluatorPlan, in library: ForeignLibrary, config: JSON,
        tensors names: [String]
    ) throws(ForeignFailure) {
        self.plan = plan
        var items: EvaluationItems = []
        var tensors: [String: Int] = [:]
        for item in plan.call.items {
            switch item {
            case .losses: items.insert(.losses)
            case .predictions: items.insert(.predictions)
            case .tensor(let name):
                guard let index = names.firstIndex(of: name) else {
                    throw ForeignFailure(
                        "the task has no tensor '\(name)'; it has \(names.joined(separator: ", "))",
                        status: INDUCT_INVALID_ARGUMENT)
                }
                tensors[name] = index
            }
        }
        self.tensors = tensors
        followers = plan.call.followers
        frames = try ForeignFrames(try PreparedPart(part, library: library.handle, config: config))
        let tables = ForeignTables<induct_evaluator>(
            plugin: "\(library.manifest.id)/\(part.name)", call: "consume (\(plan.call.signature.name))")
        tables.needs = [
            tables.arena.copy(need: EvaluationNeed(stream: .view, view: nil, items: items, points: []))
        ]
        self.tables = tables
    }

    /// A table that owns this evaluator until its `destroy`.
    func makeTable() -> UnsafePointer<induct_evaluator> {
        let table = tables.table
        table.pointee.struct_size = UInt32(MemoryLayout<induct_evaluator>.size)
        table.pointee.instance = Unmanaged.passRetained(self).toOpaque()
        table.pointee.destroy = { handle in
            guard let instance = handle?.pointee.instance else { return }
            Unmanaged<ForeignEvaluator>.fromOpaque(instance).release()
        }
        table.pointee.need = { handle, index in
            guard let evaluator = ForeignEvaluator.of(handle), Int(index) < evaluator.tables.needs.count else {
                return nil
            }
            return evaluator.tables.needs[Int(index)]
        }
        table.pointee.begin = { handle, accumulator, _ in
            guard let evaluator = ForeignEvaluator.of(handle), let accumulator else { return INDUCT_INVALID_ARGUMENT }
            accumulator.pointee = Unmanaged.passRetained(ForeignFold(evaluator.plan)).toOpaque()
            return INDUCT_OK
        }
        table.pointee.consume = { handle, accumulator, batch, error in
            guard let evaluator = ForeignEvaluator.of(handle), let fold = ForeignFold.of(accumulator), let batch else {
                return INDUCT_INVALID_ARGUMENT
            }
            return evaluator.tables.report(error) { () throws(ForeignFailure) in
                try evaluator.consume(batch.pointee, fold)
            }
        }
        table.pointee.merge = { handle, accumulator, other, error in
            guard let evaluator = ForeignEvaluator.of(handle), let fold = ForeignFold.of(accumulator),
                let other = ForeignFold.of(other.map { UnsafeMutableRawPointer(mutating: $0) })
            else { return INDUCT_INVALID_ARGUMENT }
            return evaluator.tables.report(error) { () throws(ForeignFailure) in
                try evaluator.frames.with { frame throws(ForeignFailure) in
                    try fold.merge(other, evaluator.plan, frame.combine)
                }
            }
        }
        table.pointee.finish = { handle, accumulator, metrics, error in
            guard let evaluator = ForeignEvaluator.of(handle), let metrics,
                let fold = ForeignFold.of(accumulator.map { UnsafeMutableRawPointer(mutating: $0) })
            else { return INDUCT_INVALID_ARGUMENT }
            return evaluator.tables.report(error) { () throws(ForeignFailure) in
                evaluator.finish(try fold.value(evaluator.plan), metrics)
            }
        }
        table.pointee.discard = { _, accumulator in
            guard let accumulator else { return }
            Unmanaged<ForeignFold>.fromOpaque(accumulator).release()
        }
        return UnsafePointer(table)
    }

    private static func of(_ handle: UnsafePointer<induct_evaluator>?) -> ForeignEvaluator? {
        guard let instance = handle?.pointee.instance else { return nil }
        return Unmanaged<ForeignEvaluator>.fromOpaque(instance).takeUnretainedValue()
    }

    private func consume(_ batch: induct_evaluation_batch, _ fold: ForeignFold) throws(ForeignFailure) {
        try frames.with { frame throws(ForeignFailure) in
            for row in 0..<Int(batch.count) {
                do throws(ForeignFailure) {
                    try consume(batch, row, fold, frame.call)
                } catch {
                    throw ForeignFailure(
                        "sample \(batch.first &+ UInt64(row)): \(error.message)", status: error.status)
                }
            }
        }
    }

    private func consume(
        _ batch: induct_evaluation_batch, _ row: Int, _ fold: ForeignFold, _ memory: CallMemory
    ) throws(ForeignFailure) {
        var size = 0
        for (index, argument) in memory.prepared.arguments.enumerated() {
            switch argument {
            case .accumulated(let scalar): memory.store(fold.number, index, as: scalar)
            case .array(let array):
                guard let item = array.item else { continue }
                let seen = try self.seen(item, batch, row)
                if case .bytes = array.content {
                    try check(array, seen.count * seen.type.stride, item)
                    memory.lend(index, seen.data, count: seen.count * seen.type.stride)
                    size += seen.count * seen.type.stride
                } else {
                    try check(array, seen.count, item)
                    memory.resize(index, to: seen.count)
                    try memory.copy(seen.data, seen.type, seen.count, to: index)
                    size += seen.count * array.scalar.bytes
                }
            default: break
            }
        }
        for (follower, leader) in followers { memory.resize(follower, to: memory.count(leader)) }
        try memory.invoke()
        try fold.take(number(memory), size: size, plan)
    }

    private func check(
        _ array: PreparedCall.Array, _ count: Int, _ item: ForeignCall.Item
    ) throws(ForeignFailure) {
        guard array.count == nil || array.count == count else {
            throw ForeignFailure(
                "\(plan.call.signature.name) takes \(array.count ?? 0) entries, a sample's \(item.name) has \(count)")
        }
    }

    /// What the batch holds of a sample.
    private func seen(
        _ item: ForeignCall.Item, _ batch: induct_evaluation_batch, _ row: Int
    ) throws(ForeignFailure) -> (data: UnsafeMutableRawPointer, type: ElementType, count: Int) {
        func floats(_ pointer: UnsafePointer<Float>?, _ count: Int) throws(ForeignFailure) -> UnsafeMutableRawPointer {
            guard let pointer else { throw ForeignFailure("it was given no \(item.name)") }
            return UnsafeMutableRawPointer(mutating: pointer + row * count)
        }
        let positions = Int(batch.positions)
        switch item {
        case .losses: return (try floats(batch.losses, positions), .float32, positions)
        case .predictions:
            let count = positions * Int(batch.classes)
            return (try floats(batch.predictions, count), .float32, count)
        case .tensor(let name):
            guard let index = tensors[name], index < Int(batch.tensor_count),
                let tensor = batch.tensors?[index]?.pointee, let data = tensor.data
            else { throw ForeignFailure("it was given no \(name)") }
            let type: ElementType =
                tensor.dtype.code == UInt8(INDUCT_TYPE_INT) ? .int32 : tensor.dtype.bits == 64 ? .float64 : .float32
            let count = (1..<max(1, Int(tensor.rank))).reduce(1) { $0 * Int(tensor.shape[$1]) }
            return (data + row * count * type.stride, type, count)
        }
    }

    private func number(_ memory: CallMemory) throws(ForeignFailure) -> ForeignNumber {
        guard case .element(let index, let place) = plan.result else { return memory.numberResult }
        guard let array = memory.prepared.array(index), let data = memory.array(index) else {
            return memory.numberResult
        }
        let count = memory.count(index)
        guard count > 0 else { throw ForeignFailure("\(plan.call.signature.name) was given nothing to write to") }
        let element =
            switch place {
            case .first: 0
            case .middle: count / 2
            case .last: count - 1
            }
        return ForeignNumber(data + element * array.scalar.bytes, array.scalar)
    }

    private func finish(_ value: Double, _ metrics: UnsafeMutablePointer<induct_metrics>) {
        let arena = Arena()
        var metric = induct_metric()
        metric.struct_size = UInt32(MemoryLayout<induct_metric>.size)
        metric.kind = INDUCT_METRIC_SCALAR
        metric.name = arena.copy(text: plan.metric)
        metric.unit = plan.unit.map { arena.copy(text: $0) }
        metric.rows = 1
        metric.columns = 1
        metric.values = UnsafePointer(arena.copy(value))
        let list: [UnsafePointer<induct_metric>?] = [UnsafePointer(arena.copy(metric))]
        var result = induct_metrics()
        result.count = 1
        result.metrics = UnsafePointer(arena.copy(list))
        result.owner = Unmanaged.passRetained(arena).toOpaque()
        result.release = { metrics in
            guard let owner = metrics?.pointee.owner else { return }
            Unmanaged<Arena>.fromOpaque(owner).release()
        }
        Negotiation.write(result, to: metrics)
    }
}

extension ForeignCall {
    /// Arrays without content whose length is that of an array with content.
    var followers: [(Int, leader: Int)] {
        var found: [(Int, leader: Int)] = []
        for (index, parameter) in signature.parameters.enumerated() {
            guard case .array(_, _, .parameter(let name)) = parameter.type, arguments[index] == .array(.nothing),
                let leader = signature.parameters.indices.first(where: { place in
                    guard case .array(_, _, .parameter(name)) = signature.parameters[place].type,
                        case .array(let content) = arguments[place]
                    else { return false }
                    return content != .nothing
                })
            else { continue }
            found.append((index, leader))
        }
        return found
    }

    /// What an evaluator's call sees.
    var items: [Item] {
        arguments.compactMap {
            switch $0 {
            case .array(.values(let item)), .array(.bytes(let item)): item
            default: nil
            }
        }
    }
}

extension ForeignCall.Item {
    var name: String {
        switch self {
        case .losses: "losses"
        case .predictions: "predictions"
        case .tensor(let name): name
        }
    }
}

extension PreparedCall.Array {
    fileprivate var item: ForeignCall.Item? {
        switch content {
        case .values(let item), .bytes(let item): item
        default: nil
        }
    }
}
