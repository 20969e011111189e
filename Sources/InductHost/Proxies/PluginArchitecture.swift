// SPDX-License-Identifier: Apache-2.0

import CInduct
package import InductCore

/// An architecture or gate of a plugin.
///
/// Parameters and points were checked when it was made; passes go straight through.
package final class PluginArchitecture: Architecture, @unchecked Sendable {
    typealias Instance = PluginInstance<induct_architecture>
    typealias PassFunction =
        @convention(c) (
            UnsafePointer<induct_architecture>?, UnsafePointer<induct_pass>?, UnsafeMutablePointer<induct_error>?
        ) -> induct_status
    typealias Observe =
        @convention(c) (
            UnsafePointer<induct_architecture>?, UnsafePointer<induct_observation>?, UnsafeMutablePointer<induct_error>?
        ) -> induct_status

    package var spec: String { resolvedSpec.description }
    package let output: OutputKind
    package let parameters: [ParameterDescription]
    package let activations: [Point]
    package let attention: [Point]
    package let interventions: [Point]

    let instance: Instance
    let kind: PluginKind
    let resolvedSpec: PluginSpec
    private let forwardCall: PassFunction
    private let backwardCall: PassFunction?
    private let observeCall: Observe?
    private let calls = PassCallTable()
    /// Behind the instance, where it is in a process of its own.
    private let isolated: IsolatedArchitecture?

    init(
        instance: Instance, kind: PluginKind, spec: PluginSpec, isolated: IsolatedArchitecture? = nil
    ) throws(TableDefect) {
        self.instance = instance
        self.isolated = isolated
        self.kind = kind
        resolvedSpec = spec
        let table = instance.table
        let handle = instance.handle
        guard table.destroy != nil, let parameterCall = table.parameter, table.workspace_size != nil,
            let forward = table.forward
        else {
            let missing =
                table.destroy == nil
                ? "destroy"
                : table.parameter == nil
                    ? "parameter"
                    : table.workspace_size == nil ? "workspace_size" : "forward"
            throw TableDefect("the \(missing) of its induct_architecture is NULL")
        }
        forwardCall = forward
        backwardCall = table.backward
        guard let output = OutputKind(rawValue: Int(table.output)) else {
            throw TableDefect("its outputs are of the unknown kind \(table.output)")
        }
        guard kind == .architecture || output == .probabilities else {
            throw TableDefect("it is a gate, but its outputs are not declared as probabilities")
        }
        self.output = output
        var parameters: [ParameterDescription] = []
        var names: Set<String> = []
        while let pointer = instance.gate.enter("parameter", { parameterCall(handle, UInt32(parameters.count)) }) {
            guard parameters.count < ParameterReading.most else {
                throw TableDefect("it has more than \(ParameterReading.most) parameters; give NULL past the last one")
            }
            let parameter = try ParameterReading.parameter(pointer)
            guard names.insert(parameter.name).inserted else {
                throw TableDefect("it has two parameters named '\(parameter.name)'")
            }
            parameters.append(parameter)
        }
        self.parameters = parameters
        let getExtension = { (id: String) -> UnsafeRawPointer? in
            guard let function = table.get_extension else { return nil }
            return instance.gate.enter("get_extension") { function(handle, id) }
        }
        activations = try ParameterReading.points(getExtension(INDUCT_ARCHITECTURE_ACTIVATIONS))
        attention = try ParameterReading.points(getExtension(INDUCT_ARCHITECTURE_ATTENTION))
        interventions = try ParameterReading.points(getExtension(INDUCT_ARCHITECTURE_INTERVENTIONS))
        if let online = getExtension(kind == .gate ? INDUCT_GATE_ONLINE : INDUCT_ARCHITECTURE_ONLINE) {
            let rule = try Negotiation.read(
                online.assumingMemoryBound(to: induct_online.self), "induct_online", minimum: 16)
            guard let observe = rule.observe else { throw TableDefect("the observe of its induct_online is NULL") }
            observeCall = observe
        } else {
            observeCall = nil
        }
    }

    package var isDifferentiable: Bool { backwardCall != nil }
    package var isOnline: Bool { observeCall != nil }

    package func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        guard let function = instance.table.workspace_size else { return 0 }
        let handle = instance.handle
        return instance.gate.enter("workspace_size") {
            Int(clamping: function(handle, UInt32(mode.rawValue), UInt64(count), Int64(length)))
        }
    }

    package func remoteWorkspaceSize(mode: PassMode, count: Int, length: Int) -> Int? {
        guard let isolated else { return 0 }
        return isolated.remoteWorkspaceSize(mode: mode, count: count, length: length)
    }

    package func forward(_ pass: borrowing Pass) throws(PluginFailure) {
        try call(for: pass).with(pass) { pointer throws(PluginFailure) in try forward(pointer) }
    }

    package func backward(_ pass: borrowing Pass) throws(PluginFailure) {
        try call(for: pass).with(pass) { pointer throws(PluginFailure) in try backward(pointer) }
    }

    /// A pass as the ABI says it; for the host's own and for those of parents in other plugins.
    func forward(_ pass: UnsafePointer<induct_pass>) throws(PluginFailure) {
        let (function, handle) = (forwardCall, instance.handle)
        try instance.gate.run("forward", isFrequent: true) { function(handle, pass, $0) }
    }

    func backward(_ pass: UnsafePointer<induct_pass>) throws(PluginFailure) {
        guard let function = backwardCall else {
            throw instance.gate.failure(
                "backward", status: INDUCT_UNIMPLEMENTED, message: "it cannot be trained by gradient")
        }
        let handle = instance.handle
        try instance.gate.run("backward", isFrequent: true) { function(handle, pass, $0) }
    }

    package func observe(_ observation: Observation) throws(PluginFailure) {
        let arena = Arena()
        var call = induct_observation()
        call.struct_size = UInt32(MemoryLayout<induct_observation>.size)
        call.tensor_count = UInt32(observation.tensors.count)
        call.step = observation.step
        call.count = UInt64(observation.count)
        call.length = Int64(observation.length)
        call.tensors = arena.copy(tensors: observation.tensors)
        call.parameters = UnsafePointer(arena.copy(observation.parameters.map { $0 as UnsafeMutablePointer<Float>? }))
        call.outputs = observation.outputs
        call.expert_losses = observation.expertLosses
        call.expert_count = UInt64(observation.expertCount)
        try withExtendedLifetime(arena) { () throws(PluginFailure) in
            try withUnsafePointer(to: call) { pointer throws(PluginFailure) in try observe(pointer) }
        }
    }

    func observe(_ observation: UnsafePointer<induct_observation>) throws(PluginFailure) {
        guard let function = observeCall else {
            throw instance.gate.failure(
                "observe", status: INDUCT_UNIMPLEMENTED, message: "it does not learn from the stream")
        }
        let handle = instance.handle
        try instance.gate.run("observe", isFrequent: true) { function(handle, observation, $0) }
    }

    private func call(for pass: borrowing Pass) -> PassCall { calls.call(slot: pass.slot, tensors: pass.tensors.count) }
}
