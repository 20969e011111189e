// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// A part that is about to be created: its spec was checked, its children are open, its library is loaded.
struct Opening {
    let library: PluginLibrary
    let plan: PartPlan
    let children: [OpenedChild]
    let surroundings: PluginHost.Surroundings
    let gate: CallGate

    init(
        library: PluginLibrary, plan: PartPlan, children: [OpenedChild], surroundings: PluginHost.Surroundings,
        libraryLock: RecursiveLock
    ) throws(HostError) {
        guard let part = library.parts.first(where: { $0.kind == plan.kind && $0.name == plan.name }) else {
            throw .refusedPlugin(
                path: library.path, reason: "it no longer provides the \(plan.kind.name) '\(plan.name)'")
        }
        self.library = library
        self.plan = plan
        self.children = children
        self.surroundings = surroundings
        let lock: RecursiveLock? =
            switch part.concurrency {
            case .parallel: nil
            case .serialInstance: RecursiveLock()
            case .serialLibrary: libraryLock
            }
        gate = CallGate(plugin: "\(library.id)/\(plan.name)", lock: lock)
    }

    /// Calls the factory.
    func create(
        _ body: (UnsafePointer<induct_create>, UnsafeMutablePointer<induct_error>) -> induct_status
    ) throws {
        let arena = Arena()
        let list: [UnsafePointer<induct_child>?] = children.map {
            var child = induct_child()
            child.struct_size = UInt32(MemoryLayout<induct_child>.size)
            child.kind = $0.proxy.kind.rawValue
            child.key = arena.copy(text: $0.key)
            child.spec = arena.copy(text: $0.proxy.spec.description)
            child.handle = $0.proxy.handle
            return UnsafePointer(arena.copy(child))
        }
        var call = induct_create()
        call.struct_size = UInt32(MemoryLayout<induct_create>.size)
        call.child_count = UInt32(list.count)
        call.host = library.host
        call.name = arena.copy(text: plan.name)
        call.config = arena.copy(text: plan.config.json.text)
        call.children = list.isEmpty ? nil : UnsafePointer(arena.copy(list))
        call.schema = surroundings.schema.map { arena.copy(schema: $0) }
        call.length = Int64(surroundings.length)
        call.expert_count = UInt64(surroundings.experts)
        let pointer = UnsafePointer(arena.copy(call))
        do throws(PluginFailure) {
            try withExtendedLifetime(arena) { () throws(PluginFailure) in
                try gate.run("create") { body(pointer, $0) }
            }
        } catch {
            throw plan.error(for: error)
        }
    }

    /// The pointer that a successful `create` must have given.
    func created<Table>(_ handle: UnsafePointer<Table>?) throws(TableDefect) -> UnsafePointer<Table> {
        guard let handle else { throw TableDefect("create succeeded but gave nothing") }
        return handle
    }

    /// Turns what is wrong with a fresh instance into a failure of the plugin.
    ///
    /// What is read is the plugin's memory: should that end the process, the plugin is named as in its own calls.
    func checked<Value>(_ body: () throws(TableDefect) -> Value) throws(PluginFailure) -> Value {
        do throws(TableDefect) {
            return try gate.enter("create") { Result { () throws(TableDefect) in try body() } }.get()
        } catch {
            throw gate.failure("create", message: error.message)
        }
    }

    var missingFactory: HostError {
        .refusedPlugin(path: library.path, reason: "it has no factory for the \(plan.kind.name) '\(plan.name)'")
    }
}
