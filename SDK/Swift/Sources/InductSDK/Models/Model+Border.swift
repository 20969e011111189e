// SPDX-License-Identifier: Apache-2.0

import CInduct

extension PartBorder {
    /// `induct.architecture/1`.
    static var architecture: PartBorder {
        PartBorder(kind: .architecture, factoryID: INDUCT_ARCHITECTURE_FACTORY) { count, descriptors, memory in
            UnsafeRawPointer(
                memory.store(
                    induct_architecture_factory(
                        struct_size: structSize(induct_architecture_factory.self), descriptor_count: count,
                        descriptors: descriptors,
                        create: { call, result, error in
                            guarded(error) {
                                guard let part = try Creation.part(.architecture, call) as? any Architecture else {
                                    throw InductError(.internal, "a part that crosses as an architecture is none")
                                }
                                result?.pointee = ModelInstance(architecture: part).retained()
                            }
                        })))
        }
    }

    /// `induct.gate/1`.
    static var gate: PartBorder {
        PartBorder(kind: .gate, factoryID: INDUCT_GATE_FACTORY) { count, descriptors, memory in
            UnsafeRawPointer(
                memory.store(
                    induct_gate_factory(
                        struct_size: structSize(induct_gate_factory.self), descriptor_count: count,
                        descriptors: descriptors,
                        create: { call, result, error in
                            guarded(error) {
                                guard let part = try Creation.part(.gate, call) as? any Gate else {
                                    throw InductError(.internal, "a part that crosses as a gate is none")
                                }
                                result?.pointee = ModelInstance(gate: part).retained()
                            }
                        })))
        }
    }
}

/// An architecture or gate behind the ABI's table: keeps the author's value and everything the table points to.
final class ModelInstance {
    private let model: any Model
    private let online: (any OnlineModel)?
    private let output: OutputKind
    private let memory = CMemory()
    private let parameterRecords: [UnsafePointer<induct_parameter>]
    private let extensions: [(id: String, table: UnsafeRawPointer)]

    convenience init(architecture: any Architecture) {
        let points = [
            (INDUCT_ARCHITECTURE_ACTIVATIONS, architecture.activations),
            (INDUCT_ARCHITECTURE_ATTENTION, architecture.attention),
            (INDUCT_ARCHITECTURE_INTERVENTIONS, architecture.interventions),
        ]
        self.init(architecture, output: architecture.output, points: points, onlineID: INDUCT_ARCHITECTURE_ONLINE)
    }

    convenience init(gate: any Gate) {
        self.init(gate, output: .probabilities, points: [], onlineID: INDUCT_GATE_ONLINE)
    }

    private init(_ model: any Model, output: OutputKind, points: [(id: String, points: [Point])], onlineID: String) {
        let memory = memory
        self.model = model
        self.output = output
        online = model as? any OnlineModel
        parameterRecords = model.modelParameters.map { UnsafePointer(memory.store($0.record(in: memory))) }
        var extensions: [(id: String, table: UnsafeRawPointer)] = []
        for (id, points) in points where !points.isEmpty { extensions.append((id, Self.table(points, memory))) }
        if online != nil { extensions.append((onlineID, Self.onlineTable(memory))) }
        self.extensions = extensions
    }

    /// The ABI's table, which keeps this instance until its `destroy`.
    func retained() -> UnsafePointer<induct_architecture> {
        UnsafePointer(
            memory.store(
                induct_architecture(
                    struct_size: structSize(induct_architecture.self), output: output.rawValue,
                    instance: Unmanaged.passRetained(self).toOpaque(),
                    destroy: { ModelInstance.release($0) },
                    parameter: { pointer, index in
                        guard let self = ModelInstance.of(pointer), Int(index) < self.parameterRecords.count else {
                            return nil
                        }
                        return self.parameterRecords[Int(index)]
                    },
                    workspace_size: { pointer, mode, count, length in
                        guard let self = ModelInstance.of(pointer) else { return 0 }
                        let mode = PassMode(rawValue: mode) ?? .train
                        return UInt64(
                            self.model.workspaceSize(mode: mode, count: Int(count), length: Int(length)))
                    },
                    forward: { pointer, pass, error in
                        guarded(error) {
                            let instance = try ModelInstance.required(pointer)
                            try instance.model.forward(try Pass(required: pass))
                        }
                    },
                    backward: model.isDifferentiable
                        ? { pointer, pass, error in
                            guarded(error) {
                                let instance = try ModelInstance.required(pointer)
                                try instance.model.backward(try Pass(required: pass))
                            }
                        } : nil,
                    get_extension: { pointer, id in
                        guard let self = ModelInstance.of(pointer), let id = text(id) else { return nil }
                        return self.extensions.first { $0.id == id }?.table
                    })))
    }

    private static func table(_ points: [Point], _ memory: CMemory) -> UnsafeRawPointer {
        let records = points.map {
            induct_point(
                struct_size: structSize(induct_point.self), rank: Int32($0.shape.count),
                name: memory.store(text: $0.name), shape: UnsafePointer(memory.store(array: $0.shape.map(\.code))))
        }
        return UnsafeRawPointer(
            memory.store(
                induct_points(
                    struct_size: structSize(induct_points.self), count: UInt32(points.count),
                    points: memory.store(pointersTo: records))))
    }

    private static func onlineTable(_ memory: CMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.store(
                induct_online(
                    struct_size: structSize(induct_online.self), reserved: 0,
                    observe: { pointer, call, error in
                        guarded(error) {
                            let instance = try ModelInstance.required(pointer)
                            guard let online = instance.online, let call else {
                                throw InductError(.unimplemented, "this model does not learn online")
                            }
                            try online.observe(Observation(call))
                        }
                    })))
    }

    private static func of(_ pointer: UnsafePointer<induct_architecture>?) -> ModelInstance? {
        pointer?.pointee.instance.map { Unmanaged<ModelInstance>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func required(
        _ pointer: UnsafePointer<induct_architecture>?
    ) throws(InductError) -> ModelInstance {
        guard let instance = of(pointer) else { throw InductError(.internal, "a model was called without itself") }
        return instance
    }

    private static func release(_ pointer: UnsafePointer<induct_architecture>?) {
        guard let instance = pointer?.pointee.instance else { return }
        Unmanaged<ModelInstance>.fromOpaque(instance).release()
    }
}
