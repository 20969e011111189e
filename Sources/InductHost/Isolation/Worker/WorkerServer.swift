// SPDX-License-Identifier: Apache-2.0

import CInduct
import CWorker
import Glibc
import InductCore
import Synchronization

/// The other side: this process is a worker, holds one part, and answers the host until the first channel is closed.
package final class WorkerServer: Sendable {
    /// The part that was created.
    enum Part: Sendable {
        case source(PluginSource)
        case architecture(PluginArchitecture, SlotWorkspaces)
        case evaluator(PluginEvaluator, Accumulators)
    }

    /// Set from the memory that came with hello.
    private final class Flag: Sendable {
        private let address = Atomic<UInt>(0)
        var isSet: Bool {
            UnsafePointer<UInt32>(bitPattern: address.load(ordering: .relaxed))?.pointee == 1
        }
        func lies(at memory: UnsafeMutableRawPointer) { address.store(UInt(bitPattern: memory), ordering: .relaxed) }
    }

    let regions = MappedRegions()
    private let host: PluginHost
    private let flag: Flag
    private let created = Mutex<Part?>(nil)

    var part: Part? { created.withLock { $0 } }

    /// Serves the host that started this process, until that lets go.
    ///
    /// `options` are those of a host of its own, which runs everything in this process.
    ///
    /// - Throws: as the initialiser of `PluginHost`.
    package static func run(_ options: HostOptions) throws(HostError) {
        worker_die_with_parent()
        let flag = Flag()
        var options = options
        options.isolation = .none
        options.catchesFaults = false
        options.isCancelled = { flag.isSet }
        let server = WorkerServer(try PluginHost(options), flag)
        WorkerSession(server, descriptor: WorkerProtocol.firstChannel).serve()
        // What plugins have left running does not keep the process.
        _exit(0)
    }

    private init(_ host: PluginHost, _ flag: Flag) {
        self.host = host
        self.flag = flag
    }

    /// Answers a set-up call that brings or makes something.
    func setUp(
        _ call: WorkerCall, _ request: JSON, _ descriptor: Int32, _ tail: inout NumberTail
    ) throws(PluginFailure) -> JSON {
        switch call {
        case .hello: return try hello(request, descriptor)
        case .map:
            do throws(TableDefect) {
                let record = try RecordReader(request, "map")
                regions.forget(try record.sizes("forget").map { UInt32(clamping: $0) })
                try regions.map(
                    UInt32(clamping: try record.size("region")), size: UInt64(try record.size("size")),
                    isWritable: try record.flag("writable", fallback: true), descriptor: descriptor)
                return [:]
            } catch {
                throw failure(call, INDUCT_INVALID_ARGUMENT, error.message)
            }
        case .channel:
            WorkerSession(self, descriptor: descriptor).serveBeside()
            return [:]
        case .create: return try create(request, &tail)
        default: throw failure(call, INDUCT_UNIMPLEMENTED, "this worker does not know the call \(call.name)")
        }
    }

    func failure(_ call: WorkerCall, _ status: Int32, _ message: String) -> PluginFailure {
        PluginFailure(plugin: "worker", call: "\(call.name)", status: status, message: message)
    }

    private func hello(_ request: JSON, _ descriptor: Int32) throws(PluginFailure) -> JSON {
        guard request["protocol"]?.int == WorkerProtocol.version else {
            throw failure(
                .hello, INDUCT_FAILED_PRECONDITION,
                "this worker speaks version \(WorkerProtocol.version) of the worker protocol")
        }
        guard descriptor >= 0, let memory = worker_map(descriptor, UInt64(WorkerProtocol.flagBytes), 1) else {
            throw failure(.hello, INDUCT_INVALID_ARGUMENT, "no memory came with hello")
        }
        close(descriptor)
        flag.lies(at: memory)
        return [
            "protocol": .integer(Int64(WorkerProtocol.version)), "worker": .string("induct \(HostServices.version)"),
        ]
    }

    private func create(_ request: JSON, _ tail: inout NumberTail) throws(PluginFailure) -> JSON {
        let answer: JSON.Member
        do {
            let spec = try PluginSpec(json: request["spec"] ?? .null)
            let length = request["length"]?.int ?? 0
            func schema() throws -> Schema { try Schema(try RecordReader(request["schema"], "create.schema")) }
            switch request["kind"]?.string.flatMap(PluginKind.init(name:)) {
            case .source:
                guard let source = try host.source(spec) as? PluginSource else { preconditionFailure("it is here") }
                created.withLock { $0 = .source(source) }
                answer = .init(key: "source", value: SourceRecord(source).json(&tail))
            case .architecture, .gate:
                let isGate = request["kind"] == "gate"
                let opened =
                    isGate
                    ? try host.gate(spec, schema: schema(), length: length, experts: request["experts"]?.int ?? 0)
                    : try host.architecture(spec, schema: schema(), length: length)
                guard let part = opened as? PluginArchitecture else { preconditionFailure("it is here") }
                created.withLock { $0 = .architecture(part, SlotWorkspaces(part)) }
                answer = .init(key: "architecture", value: ArchitectureRecord(part).json)
            case .evaluator:
                let opened = try host.evaluator(spec, schema: schema(), length: length)
                guard let part = opened as? PluginEvaluator else { preconditionFailure("it is here") }
                created.withLock { $0 = .evaluator(part, Accumulators()) }
                answer = .init(key: "evaluator", value: ["needs": .array(part.needs.map(\.record))])
            case nil: throw failure(.create, INDUCT_INVALID_ARGUMENT, "there is no such kind of part")
            }
        } catch let error as PluginFailure {
            throw error
        } catch let error as SpecError {
            throw failure(.create, INDUCT_INVALID_ARGUMENT, error.message)
        } catch let error as HostError {
            if case .badFile(let message) = error { throw failure(.create, INDUCT_DATA_LOSS, message) }
            throw failure(.create, INDUCT_FAILED_PRECONDITION, "\(error)")
        } catch {
            throw failure(.create, INDUCT_INVALID_ARGUMENT, "\(error)")
        }
        return .object([
            .init(key: "parallel", value: .bool(true)),
            .init(
                key: "plugins",
                value: .array(
                    host.loaded.map {
                        [
                            "id": .string($0.id), "version": .string($0.version), "path": .string($0.path),
                            "sha256": .string($0.sha256),
                        ]
                    })), answer,
        ])
    }
}
