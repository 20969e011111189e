// SPDX-License-Identifier: Apache-2.0

import CInduct
package import InductCore

extension PluginHost {
    package func source(_ spec: PluginSpec) throws -> any Source {
        try openSource(spec, Surroundings())
    }

    package func architecture(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Architecture {
        try openArchitecture(spec, .architecture, Surroundings(schema: schema, length: length))
    }

    package func gate(_ spec: PluginSpec, schema: Schema, length: Int, experts: Int) throws -> any Architecture {
        try openArchitecture(spec, .gate, Surroundings(schema: schema, length: length, experts: experts))
    }

    package func evaluator(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Evaluator {
        try openEvaluator(spec, Surroundings(schema: schema, length: length))
    }

    /// What a part is opened for.
    struct Surroundings {
        /// The bound one; nil for sources.
        var schema: Schema?
        var length = 0
        var experts = 0
    }

    private func openSource(_ spec: PluginSpec, _ surroundings: Surroundings) throws -> PluginSource {
        let opening = try prepare(spec, .source, surroundings)
        guard let create = opening.library.factories.source.create else { throw opening.missingFactory }
        var handle: UnsafePointer<induct_source>?
        try opening.create { create($0, &handle, $1) }
        return try opening.checked { () throws(TableDefect) in
            let instance = try PluginInstance(
                handle: opening.created(handle), name: "induct_source", minimum: 48,
                destroy: { table in table.destroy.map { destroy in { destroy($0) } } },
                gate: opening.gate, library: opening.library, children: opening.children.map(\.proxy))
            return try PluginSource(instance: instance, spec: opening.spec)
        }
    }

    private func openArchitecture(
        _ spec: PluginSpec, _ kind: PluginKind, _ surroundings: Surroundings
    ) throws -> PluginArchitecture {
        let opening = try prepare(spec, kind, surroundings)
        let factories = opening.library.factories
        guard let create = kind == .gate ? factories.gate.create : factories.architecture.create else {
            throw opening.missingFactory
        }
        var handle: UnsafePointer<induct_architecture>?
        try opening.create { create($0, &handle, $1) }
        return try opening.checked { () throws(TableDefect) in
            let instance = try PluginInstance(
                handle: opening.created(handle), name: "induct_architecture", minimum: 40,
                destroy: { table in table.destroy.map { destroy in { destroy($0) } } },
                gate: opening.gate, library: opening.library, children: opening.children.map(\.proxy))
            return try PluginArchitecture(instance: instance, kind: kind, spec: opening.spec)
        }
    }

    private func openEvaluator(_ spec: PluginSpec, _ surroundings: Surroundings) throws -> PluginEvaluator {
        let opening = try prepare(spec, .evaluator, surroundings)
        guard let create = opening.library.factories.evaluator.create else { throw opening.missingFactory }
        var handle: UnsafePointer<induct_evaluator>?
        try opening.create { create($0, &handle, $1) }
        return try opening.checked { () throws(TableDefect) in
            let instance = try PluginInstance(
                handle: opening.created(handle), name: "induct_evaluator",
                minimum: MemoryLayout<induct_evaluator>.size,
                destroy: { table in table.destroy.map { destroy in { destroy($0) } } },
                gate: opening.gate, library: opening.library, children: opening.children.map(\.proxy))
            return try PluginEvaluator(instance: instance, spec: opening.spec)
        }
    }

    /// Checks a spec, opens its children, and loads the library.
    private func prepare(
        _ spec: PluginSpec, _ kind: PluginKind, _ surroundings: Surroundings
    ) throws -> Opening {
        let resolved = try resolve(spec, kind: kind)
        let schema: ConfigSchema
        do throws(SpecError) {
            schema = try ConfigSchema(resolved.part.configSchema.isNull ? .object([]) : resolved.part.configSchema)
        } catch {
            throw HostError.refusedPlugin(path: resolved.library, reason: error.message)
        }
        let config = try schema.resolve(spec)
        let children = try config.children.map { child in
            OpenedChild(key: child.key, proxy: try open(child, of: spec, surroundings))
        }
        let library = try library(of: resolved)
        return try Opening(
            library: library, kind: kind, name: resolved.part.name, written: spec, config: config, children: children,
            surroundings: surroundings, libraryLock: libraryLock)
    }

    private func open(
        _ child: ResolvedChild, of parent: PluginSpec, _ surroundings: Surroundings
    ) throws -> any ChildProxy {
        switch child.kind {
        case .source: return SourceProxy(try openSource(child.spec, surroundings))
        case .architecture, .gate, .evaluator:
            guard surroundings.schema != nil else {
                throw SpecError(
                    "\(parent.name) is a source; it cannot have the \(child.kind.name) \(child.spec.name) as a child",
                    position: child.spec.position)
            }
            if child.kind == .evaluator { return EvaluatorProxy(try openEvaluator(child.spec, surroundings)) }
            return ArchitectureProxy(try openArchitecture(child.spec, child.kind, surroundings))
        }
    }
}
