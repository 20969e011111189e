// SPDX-License-Identifier: Apache-2.0

import InductCore

/// An online architecture or gate of a model, and what it is shown once a step.
final class Observer: @unchecked Sendable {
    private let architecture: any Architecture
    private var observation: Observation

    private init(_ architecture: any Architecture, _ observation: Observation) {
        self.architecture = architecture
        self.observation = observation
    }

    func observe(step: UInt64) throws(PluginFailure) {
        observation.step = step
        try architecture.observe(observation)
    }

    /// Those of a model, in the order of its leaves.
    static func all(
        _ model: Model, _ batch: ModelBatch, _ buffers: NodeBuffers, _ parameters: ParameterArena
    ) -> [Observer] {
        let tensors = batch.slices(0..<batch.count)
        func visit(_ node: ModelNode, _ buffers: NodeBuffers) -> [Observer] {
            switch node {
            case .leaf(let leaf):
                return observer(leaf, buffers.outputs, losses: nil, experts: 0)
            case .gated(let experts, let gate, _):
                let below = zip(experts, buffers.experts).flatMap { visit($0, $1) }
                guard let outputs = buffers.gate?.outputs else { return below }
                return below + observer(gate, outputs, losses: buffers.expertLosses, experts: experts.count)
            }
        }
        func observer(_ leaf: ModelLeaf, _ outputs: Tensor, losses: Tensor?, experts: Int) -> [Observer] {
            guard leaf.architecture.isOnline else { return [] }
            let observation = Observation(
                step: 0, count: batch.count, length: batch.length, tensors: tensors,
                parameters: leaf.parameters.map { parameters[$0].baseAddress ?? parameters.data },
                outputs: UnsafePointer(outputs.data.assumingMemoryBound(to: Float.self)),
                expertLosses: losses.map { UnsafePointer($0.data.assumingMemoryBound(to: Float.self)) },
                expertCount: experts)
            return [Observer(leaf.architecture, observation)]
        }
        return visit(model.root, buffers)
    }
}
