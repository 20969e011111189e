// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

extension PluginHost {
    /// How the worker of a part is started; nil: it runs in this process.
    func launch(for plan: PartPlan) throws(HostError) -> WorkerLaunch? {
        if plan.resolved.runtime == .python {
            guard let python = options.python else {
                throw .refusedPlugin(path: plan.resolved.library, reason: PythonInterpreter.missing)
            }
            return WorkerLaunch(
                executable: python.path, arguments: python.arguments(for: plan.resolved.library),
                environment: python.environment)
        }
        guard options.isolation.covers(plan.plugin, isForeign: plan.resolved.foreign != nil) else { return nil }
        // A worker that crashes is reported by the host; a backtrace would take seconds, and say nothing of the plugin.
        return WorkerLaunch(
            executable: options.describer, arguments: ["worker"] + options.workerArguments,
            environment: ["SWIFT_BACKTRACE": "enable=no"])
    }

    func isolatedSource(
        _ plan: PartPlan, _ launch: WorkerLaunch, _ surroundings: Surroundings
    ) throws -> PluginSource {
        let opened = try open(plan, launch, surroundings)
        return try opened.checked { () throws(TableDefect) in
            let source = try IsolatedSource(opened.worker, opened.answer, opened.tail)
            return try PluginSource(
                instance: PluginInstance(
                    handle: source.table.handle, name: "induct_source", minimum: 48, destroy: { _ in nil },
                    gate: opened.gate, owner: source, children: []), spec: plan.spec)
        }
    }

    func isolatedArchitecture(
        _ plan: PartPlan, _ launch: WorkerLaunch, _ surroundings: Surroundings
    ) throws -> PluginArchitecture {
        guard let schema = surroundings.schema else { preconditionFailure("architectures are opened with a schema") }
        let opened = try open(plan, launch, surroundings)
        return try opened.checked { () throws(TableDefect) in
            let architecture = try IsolatedArchitecture(
                opened.worker, opened.answer, kind: plan.kind, schema: schema, experts: surroundings.experts)
            return try PluginArchitecture(
                instance: PluginInstance(
                    handle: architecture.table.handle, name: "induct_architecture", minimum: 40, destroy: { _ in nil },
                    gate: opened.gate, owner: architecture, children: []), kind: plan.kind, spec: plan.spec,
                isolated: architecture)
        }
    }

    func isolatedEvaluator(
        _ plan: PartPlan, _ launch: WorkerLaunch, _ surroundings: Surroundings
    ) throws -> PluginEvaluator {
        let opened = try open(plan, launch, surroundings)
        return try opened.checked { () throws(TableDefect) in
            let evaluator = try IsolatedEvaluator(opened.worker, opened.answer)
            return try PluginEvaluator(
                instance: PluginInstance(
                    handle: evaluator.table.handle, name: "induct_evaluator",
                    minimum: MemoryLayout<induct_evaluator>.size, destroy: { _ in nil }, gate: opened.gate,
                    owner: evaluator, children: []), spec: plan.spec)
        }
    }

    /// A part that its worker has created.
    private struct Opened {
        var worker: IsolatedWorker
        var answer: JSON
        var tail: NumberTail
        var gate: CallGate

        /// Turns what is wrong with the worker's answer into a failure of the plugin.
        func checked<Value>(_ body: () throws(TableDefect) -> Value) throws(PluginFailure) -> Value {
            do throws(TableDefect) {
                return try body()
            } catch {
                throw gate.failure("create", message: error.message)
            }
        }
    }

    private func open(_ plan: PartPlan, _ launch: WorkerLaunch, _ surroundings: Surroundings) throws -> Opened {
        // What is allocated from now on can be shared.
        TensorMemory.share(with: SharedMemory.process)
        let plugin = "\(plan.plugin)/\(plan.name)"
        let worker = IsolatedWorker(
            plugin: plugin, launch: launch,
            creation: [
                "kind": .string(plan.kind.name), "plugin": .string(plan.plugin), "name": .string(plan.name),
                "spec": plan.written.json, "config": plan.config.json,
                "schema": surroundings.schema.map(\.record) ?? .null, "length": .integer(Int64(surroundings.length)),
                "experts": .integer(Int64(surroundings.experts)),
            ],
            IsolatedWorker.Surroundings(
                limit: options.isolationLimit, isCancelled: options.isCancelled, log: options.log))
        let (answer, tail, isParallel): (JSON, NumberTail, Bool)
        do throws(PluginFailure) {
            (answer, tail, isParallel) = try worker.open()
        } catch {
            throw plan.error(for: error)
        }
        let plugins = (answer["plugins"]?.array ?? []).prefix(256).map { plugin in
            LoadedPlugin(
                id: plugin["id"]?.string ?? "", version: plugin["version"]?.string ?? "",
                path: plugin["path"]?.string ?? "", sha256: plugin["sha256"]?.string ?? "")
        }
        note(plugins, isolated: plan.plugin)
        return Opened(
            worker: worker, answer: answer, tail: tail,
            gate: CallGate(plugin: plugin, lock: isParallel ? nil : RecursiveLock()))
    }
}
