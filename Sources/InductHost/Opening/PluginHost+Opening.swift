// SPDX-License-Identifier: Apache-2.0

import CInduct
package import InductCore

extension PluginHost {
    package func resolved(_ spec: PluginSpec, as kind: PluginKind) throws -> PluginSpec {
        try plan(spec, kind, inSource: kind == .source).spec
    }

    package func source(_ spec: PluginSpec) throws -> any Source {
        try openSource(plan(spec, .source, inSource: true), Surroundings())
    }

    package func architecture(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Architecture {
        try openArchitecture(plan(spec, .architecture), Surroundings(schema: schema, length: length))
    }

    package func gate(_ spec: PluginSpec, schema: Schema, length: Int, experts: Int) throws -> any Architecture {
        try openArchitecture(plan(spec, .gate), Surroundings(schema: schema, length: length, experts: experts))
    }

    package func evaluator(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Evaluator {
        try openEvaluator(plan(spec, .evaluator), Surroundings(schema: schema, length: length))
    }

    /// What a part is opened for.
    struct Surroundings {
        /// The bound one; nil for sources.
        var schema: Schema?
        var length = 0
        var experts = 0
    }

    /// Finds and checks everything that a spec names; a source has no children but sources.
    private func plan(_ spec: PluginSpec, _ kind: PluginKind, inSource: Bool = false) throws -> PartPlan {
        let resolved = try resolve(spec, kind: kind)
        let schema: ConfigSchema
        do throws(SpecError) {
            schema = try ConfigSchema(resolved.part.configSchema.isNull ? .object([]) : resolved.part.configSchema)
        } catch {
            throw HostError.refusedPlugin(path: resolved.library, reason: error.message)
        }
        let config = try schema.resolve(spec)
        let children = try config.children.map { child in
            guard !inSource || child.kind == .source else {
                throw SpecError(
                    "\(spec.name) is a source; it cannot have the \(child.kind.name) \(child.spec.name) as a child",
                    position: child.spec.position)
            }
            return PartPlan.Child(key: child.key, plan: try plan(child.spec, child.kind, inSource: inSource))
        }
        return PartPlan(resolved: resolved, kind: kind, written: spec, config: config, children: children)
    }

    private func openSource(_ plan: PartPlan, _ surroundings: Surroundings) throws -> PluginSource {
        if let launch = try launch(for: plan) { return try isolatedSource(plan, launch, surroundings) }
        let opening = try prepare(plan, surroundings)
        guard let create = opening.library.factories.source.create else { throw opening.missingFactory }
        var handle: UnsafePointer<induct_source>?
        try opening.create { self.create(.source, $0, $1, into: &handle) { create($0, $1, $2) } }
        return try opening.checked { () throws(TableDefect) in
            let instance = try PluginInstance(
                handle: opening.created(handle), name: "induct_source", minimum: 48,
                destroy: { table in table.destroy.map { destroy in { destroy($0) } } },
                gate: opening.gate, owner: opening.library, children: opening.children.map(\.proxy))
            return try PluginSource(instance: instance, spec: plan.spec)
        }
    }

    private func openArchitecture(_ plan: PartPlan, _ surroundings: Surroundings) throws -> PluginArchitecture {
        if let launch = try launch(for: plan) { return try isolatedArchitecture(plan, launch, surroundings) }
        let opening = try prepare(plan, surroundings)
        let factories = opening.library.factories
        guard let create = plan.kind == .gate ? factories.gate.create : factories.architecture.create else {
            throw opening.missingFactory
        }
        var handle: UnsafePointer<induct_architecture>?
        try opening.create { self.create(plan.kind, $0, $1, into: &handle) { create($0, $1, $2) } }
        return try opening.checked { () throws(TableDefect) in
            let instance = try PluginInstance(
                handle: opening.created(handle), name: "induct_architecture", minimum: 40,
                destroy: { table in table.destroy.map { destroy in { destroy($0) } } },
                gate: opening.gate, owner: opening.library, children: opening.children.map(\.proxy))
            return try PluginArchitecture(instance: instance, kind: plan.kind, spec: plan.spec)
        }
    }

    private func openEvaluator(_ plan: PartPlan, _ surroundings: Surroundings) throws -> PluginEvaluator {
        if let launch = try launch(for: plan) { return try isolatedEvaluator(plan, launch, surroundings) }
        let opening = try prepare(plan, surroundings)
        guard let create = opening.library.factories.evaluator.create else { throw opening.missingFactory }
        var handle: UnsafePointer<induct_evaluator>?
        try opening.create { self.create(.evaluator, $0, $1, into: &handle) { create($0, $1, $2) } }
        return try opening.checked { () throws(TableDefect) in
            let instance = try PluginInstance(
                handle: opening.created(handle), name: "induct_evaluator",
                minimum: MemoryLayout<induct_evaluator>.size,
                destroy: { table in table.destroy.map { destroy in { destroy($0) } } },
                gate: opening.gate, owner: opening.library, children: opening.children.map(\.proxy))
            return try PluginEvaluator(instance: instance, spec: plan.spec)
        }
    }

    /// Opens the children of a part and loads its library.
    private func prepare(_ plan: PartPlan, _ surroundings: Surroundings) throws -> Opening {
        let children = try plan.children.map { child in
            OpenedChild(key: child.key, proxy: try open(child.plan, surroundings))
        }
        let library = try library(of: plan.resolved)
        return try Opening(
            library: library, plan: plan, children: children, surroundings: surroundings, libraryLock: libraryLock)
    }

    private func open(_ child: PartPlan, _ surroundings: Surroundings) throws -> any ChildProxy {
        switch child.kind {
        case .source: SourceProxy(try openSource(child, surroundings))
        case .architecture, .gate: ArchitectureProxy(try openArchitecture(child, surroundings))
        case .evaluator: EvaluatorProxy(try openEvaluator(child, surroundings))
        }
    }
}
