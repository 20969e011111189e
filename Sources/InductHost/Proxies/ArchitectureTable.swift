// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Carries out the calls of an induct_architecture of the host's own.
protocol ArchitectureCalls: AnyObject {
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int
    func forward(_ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?) -> induct_status
    func backward(_ pass: UnsafePointer<induct_pass>, _ error: UnsafeMutablePointer<induct_error>?) -> induct_status
    func observe(
        _ observation: UnsafePointer<induct_observation>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status
}

/// An induct_architecture, or gate, of the host's own: what it has is stated, what it does is done by `calls`.
final class ArchitectureTable: @unchecked Sendable {
    private unowned(unsafe) var calls: (any ArchitectureCalls)?
    private let arena = Arena()
    private let kind: PluginKind
    private let parameters: [UnsafePointer<induct_parameter>]
    private let points: [String: UnsafePointer<induct_points>]
    private let online: UnsafePointer<induct_online>?
    private let table: UnsafeMutablePointer<induct_architecture>

    var handle: UnsafePointer<induct_architecture> { UnsafePointer(table) }

    /// The table; valid as long as this object.
    init(_ architecture: ArchitectureRecord, kind: PluginKind) {
        self.kind = kind
        let arena = arena
        parameters = architecture.parameters.map { arena.copy(parameter: $0) }
        var points: [String: UnsafePointer<induct_points>] = [:]
        for (id, list) in [
            (INDUCT_ARCHITECTURE_ACTIVATIONS, architecture.activations),
            (INDUCT_ARCHITECTURE_ATTENTION, architecture.attention),
            (INDUCT_ARCHITECTURE_INTERVENTIONS, architecture.interventions),
        ] where !list.isEmpty { points[id] = arena.copy(points: list) }
        self.points = points
        if architecture.isOnline {
            var rule = induct_online()
            rule.struct_size = UInt32(MemoryLayout<induct_online>.size)
            rule.observe = { handle, observation, error in
                guard let table = ArchitectureTable.of(handle), let observation else { return INDUCT_INVALID_ARGUMENT }
                return table.calls?.observe(observation, error) ?? INDUCT_INVALID_ARGUMENT
            }
            online = UnsafePointer(arena.copy(rule))
        } else {
            online = nil
        }
        table = arena.allocate(induct_architecture.self, count: 1)
        table.pointee.struct_size = UInt32(MemoryLayout<induct_architecture>.size)
        table.pointee.output = UInt32(architecture.output.rawValue)
        table.pointee.instance = Unmanaged.passUnretained(self).toOpaque()
        table.pointee.destroy = { _ in }
        table.pointee.parameter = { handle, index in
            guard let table = ArchitectureTable.of(handle), Int(index) < table.parameters.count else { return nil }
            return table.parameters[Int(index)]
        }
        table.pointee.workspace_size = { handle, mode, count, length in
            let size = ArchitectureTable.of(handle)?.calls?.workspaceSize(
                mode: mode == INDUCT_MODE_EVALUATE ? .evaluate : .train, count: Int(clamping: count),
                length: Int(length))
            return UInt64(size ?? 0)
        }
        table.pointee.forward = { handle, pass, error in
            guard let table = ArchitectureTable.of(handle), let pass else { return INDUCT_INVALID_ARGUMENT }
            return table.calls?.forward(pass, error) ?? INDUCT_INVALID_ARGUMENT
        }
        let backward: PluginArchitecture.PassFunction = { handle, pass, error in
            guard let table = ArchitectureTable.of(handle), let pass else { return INDUCT_INVALID_ARGUMENT }
            return table.calls?.backward(pass, error) ?? INDUCT_INVALID_ARGUMENT
        }
        table.pointee.backward = architecture.isDifferentiable ? backward : nil
        table.pointee.get_extension = { handle, id in
            guard let table = ArchitectureTable.of(handle), let id = id.map({ String(cString: $0) }) else { return nil }
            if let points = table.points[id] { return UnsafeRawPointer(points) }
            let onlineID = table.kind == .gate ? INDUCT_GATE_ONLINE : INDUCT_ARCHITECTURE_ONLINE
            return id == onlineID ? table.online.map { UnsafeRawPointer($0) } : nil
        }
    }

    /// From now on `calls` does what is asked; it keeps the table, and not the other way round.
    func serve(_ calls: any ArchitectureCalls) { self.calls = calls }

    private static func of(_ handle: UnsafePointer<induct_architecture>?) -> ArchitectureTable? {
        guard let instance = handle?.pointee.instance else { return nil }
        return Unmanaged<ArchitectureTable>.fromOpaque(instance).takeUnretainedValue()
    }
}

extension Arena {
    /// A parameter as plugins read it; it lives as long as the arena.
    func copy(parameter: ParameterDescription) -> UnsafePointer<induct_parameter> {
        var table = induct_parameter()
        table.struct_size = UInt32(MemoryLayout<induct_parameter>.size)
        if parameter.isOnline { table.flags |= INDUCT_PARAMETER_ONLINE }
        if parameter.isFrozen { table.flags |= INDUCT_PARAMETER_FROZEN }
        if !parameter.isDecayed { table.flags |= INDUCT_PARAMETER_NOT_DECAYED }
        table.name = copy(text: parameter.name)
        table.shape = UnsafePointer(copy(parameter.shape.map(Int64.init)))
        table.rank = Int32(parameter.shape.count)
        switch parameter.initialiser {
        case .zeros: table.initialiser = INDUCT_INITIALISER_ZEROS
        case .constant(let value): (table.initialiser, table.a) = (INDUCT_INITIALISER_CONSTANT, value)
        case .normal(let mean, let deviation):
            (table.initialiser, table.a, table.b) = (INDUCT_INITIALISER_NORMAL, mean, deviation)
        case .uniform(let low, let high):
            (table.initialiser, table.a, table.b) = (INDUCT_INITIALISER_UNIFORM, low, high)
        case .truncatedNormal(let mean, let deviation):
            (table.initialiser, table.a, table.b) = (INDUCT_INITIALISER_TRUNCATED_NORMAL, mean, deviation)
        }
        return UnsafePointer(copy(table))
    }

    /// Points as plugins read them; they live as long as the arena.
    func copy(points: [Point]) -> UnsafePointer<induct_points> {
        let list: [UnsafePointer<induct_point>?] = points.map {
            var point = induct_point()
            point.struct_size = UInt32(MemoryLayout<induct_point>.size)
            point.rank = Int32($0.shape.count)
            point.name = copy(text: $0.name)
            point.shape = UnsafePointer(copy($0.shape.map(\.code)))
            return UnsafePointer(copy(point))
        }
        var table = induct_points()
        table.struct_size = UInt32(MemoryLayout<induct_points>.size)
        table.count = UInt32(list.count)
        table.points = UnsafePointer(copy(list))
        return UnsafePointer(copy(table))
    }
}
