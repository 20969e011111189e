// SPDX-License-Identifier: Apache-2.0

import InductCore

extension ModelNode {
    /// Reserves what the passes over `rows` samples take of a worker's memory, as `pass` does when it is built.
    func reserve(_ model: Model, rows: Int, length: Int, mode: PassMode, _ plan: inout MemoryPlan) {
        let positions = ByteCount.product([rows, model.positions(length: length)])
        switch self {
        case .leaf(let leaf):
            _ = plan.reserve(leaf.workspaceBytes(mode: mode, rows: rows, length: length))
            _ = plan.reserve(
                floats: mode == .train && leaf.isTrained ? ByteCount.product([positions, model.width]) : 0)
        case .gated(let experts, let gate, _):
            for expert in experts { expert.reserve(model, rows: rows, length: length, mode: mode, &plan) }
            _ = plan.reserve(gate.workspaceBytes(mode: mode, rows: rows, length: length))
            let floats = mode == .train && isTrained ? positions : 0
            for _ in 0..<2 { _ = plan.reserve(floats: ByteCount.product([floats, model.width])) }
            _ = plan.reserve(floats: ByteCount.product([floats, experts.count]))
        }
    }

    /// Bytes that a slot for `rows` samples takes in the processes of plugins that have one of their own.
    func remoteBytes(rows: Int, length: Int, mode: PassMode) -> Int {
        switch self {
        case .leaf(let leaf): leaf.remoteBytes(mode: mode, rows: rows, length: length)
        case .gated(let experts, let gate, _):
            ByteCount.sum(
                experts.map { $0.remoteBytes(rows: rows, length: length, mode: mode) }
                    + [gate.remoteBytes(mode: mode, rows: rows, length: length)])
        }
    }

    /// Bytes of the `NodeBuffers` of this node and those below it.
    func bufferBytes(
        _ model: Model, count: Int, length: Int, isTraining: Bool, hasLosses: Bool, isExpert: Bool = false
    ) -> Int {
        func floats(_ width: Int) -> Int {
            ByteCount.product([count, model.positions(length: length), width, MemoryLayout<Float>.stride])
        }
        let isLogits = output(task: model.schema.task) == .logits
        var sizes = [floats(model.width), isExpert && isLogits ? floats(model.width) : 0, hasLosses ? floats(1) : 0]
        if case .gated(let experts, let gate, let training) = self {
            let needsLosses = isTraining && (training == .bilevel || gate.architecture.isOnline)
            sizes += [needsLosses ? floats(experts.count) : 0, floats(experts.count)]
            sizes += experts.map {
                $0.bufferBytes(
                    model, count: count, length: length, isTraining: isTraining, hasLosses: needsLosses, isExpert: true)
            }
        }
        return ByteCount.sum(sizes)
    }
}

extension ModelLeaf {
    /// More than any machine has: a plugin is not asked about sizes in which its own arithmetic might overflow.
    private static let endless = 1 << 48

    fileprivate func workspaceBytes(mode: PassMode, rows: Int, length: Int) -> Int {
        Self.bytes(rows) { architecture.workspaceSize(mode: mode, count: $0, length: length) }
    }

    fileprivate func remoteBytes(mode: PassMode, rows: Int, length: Int) -> Int {
        Self.bytes(rows) { architecture.remoteWorkspaceSize(mode: mode, count: $0, length: length) ?? 0 }
    }

    /// Whether it has a process of its own and does not say what it takes there.
    func hidesWorkspace(length: Int) -> Bool {
        architecture.remoteWorkspaceSize(mode: .train, count: 1, length: length) == nil
    }

    /// What `size` says of `rows` samples, unless what it says of one is too much already.
    private static func bytes(_ rows: Int, _ size: (Int) -> Int) -> Int {
        let all = ByteCount.product([size(1), rows])
        return all > endless ? all : size(rows)
    }
}

extension ModelBatch {
    /// The roles of the tensors that a training batch holds.
    static func wantedRoles(_ isObserved: Bool) -> Set<TensorRole> {
        isObserved ? [.input, .target, .weight, .key, .info] : [.input, .target, .weight]
    }

    /// Bytes of a batch of `count` samples: the source's tensors, and those cut out of them for the model.
    static func byteCount(source: any Source, count: Int, length: Int, wanted: Set<TensorRole>) -> Int {
        let schema = source.schema
        func size(_ tensor: TensorSchema, _ length: Int) -> Int {
            ByteCount.product(tensor.shape.map { $0.bound(batch: count, length: length) } + [tensor.type.stride])
        }
        let tensors = schema.tensors.filter { wanted.contains($0.role) }
        var sizes = tensors.map { size($0, schema.sourceLength(for: length)) }
        if schema.task == .nextToken {
            sizes += tensors.filter { $0.shape.contains(.length) }.map { size($0, length) }
            sizes.append(ByteCount.product([count, length, MemoryLayout<Int32>.stride]))
        }
        return ByteCount.sum(sizes)
    }
}
