// SPDX-License-Identifier: Apache-2.0

import CInduct
import Synchronization

/// What this library has exported.
///
/// The ABI's factories carry no context, so a library needs one place that knows its
/// parts; it is written once, by the entry, and lives as long as the process.
enum PluginRegistry {
    private struct Contents: @unchecked Sendable {
        var table: UnsafePointer<induct_plugin>
        var factories: [String: UnsafeRawPointer]
        var parts: [any PluginPart.Type]
        var memory: CMemory
    }

    private static let contents = Mutex<Contents?>(nil)

    /// The plugin's table, once it has been published.
    static var table: UnsafePointer<induct_plugin>? {
        contents.withLock { $0.map { PublishedTable(pointer: $0.table) } }?.pointer
    }

    /// Builds the tables of a plugin, unless that was done before.
    static func publish(_ plugin: Plugin) -> UnsafePointer<induct_plugin> {
        let built = build(plugin)
        return contents.withLock { contents in
            let kept = contents ?? built
            contents = kept
            return PublishedTable(pointer: kept.table)
        }.pointer
    }

    /// The part with this name of this kind.
    static func part(_ kind: PluginKind, _ name: String) throws(InductError) -> any PluginPart.Type {
        let parts = contents.withLock { $0 }?.parts ?? []
        guard let part = parts.first(where: { $0.border.kind == kind && $0.name == name }) else {
            throw InductError(.notFound, "this plugin has no \(kind.name) named '\(name)'")
        }
        return part
    }

    private static func build(_ plugin: Plugin) -> Contents {
        let memory = CMemory()
        var factories: [String: UnsafeRawPointer] = [:]
        let borders = Dictionary(grouping: plugin.parts) { $0.border.factoryID }
        for (id, parts) in borders {
            let descriptors = parts.map { part in
                induct_descriptor(
                    struct_size: structSize(induct_descriptor.self), concurrency: part.concurrency.rawValue,
                    name: memory.store(text: part.name), summary: memory.store(text: part.summary),
                    config_schema: memory.store(text: part.configSchema))
            }
            let table = memory.store(pointersTo: descriptors)
            factories[id] = parts[0].border.factory(UInt32(parts.count), table, memory)
        }
        let table = memory.store(
            induct_plugin(
                struct_size: structSize(induct_plugin.self), abi_major: INDUCT_ABI_MAJOR, abi_minor: INDUCT_ABI_MINOR,
                reserved: 0, id: memory.store(text: plugin.id), version: memory.store(text: plugin.version),
                summary: memory.store(text: plugin.summary),
                get_factory: { id in
                    guard let id else { return nil }
                    return PluginRegistry.factory(String(cString: id))
                }))
        return Contents(table: UnsafePointer(table), factories: factories, parts: plugin.parts, memory: memory)
    }

    private static func factory(_ id: String) -> UnsafeRawPointer? {
        contents.withLock { $0 }?.factories[id]
    }
}

/// A pointer to a table that never changes and never goes away.
private struct PublishedTable: @unchecked Sendable {
    let pointer: UnsafePointer<induct_plugin>
}
