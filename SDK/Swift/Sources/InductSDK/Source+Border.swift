// SPDX-License-Identifier: Apache-2.0

import CInduct

extension PartBorder {
    /// Crosses as `induct.source/1`.
    static var source: PartBorder {
        PartBorder(kind: .source, factoryID: INDUCT_SOURCE_FACTORY) { count, descriptors, memory in
            UnsafeRawPointer(
                memory.store(
                    induct_source_factory(
                        struct_size: structSize(induct_source_factory.self), descriptor_count: count,
                        descriptors: descriptors,
                        create: { call, result, error in
                            guarded(error) {
                                guard let source = try Creation.part(.source, call) as? any Source else {
                                    throw InductError(.internal, "a part that crosses as a source is none")
                                }
                                result?.pointee = try SourceInstance(source).retained()
                            }
                        })))
        }
    }
}

/// A source behind the ABI's table: keeps the author's value and everything the table points to.
final class SourceInstance {
    let source: any Source
    let schema: Schema
    let views: [View]
    let oracle: (any SourceOracle)?
    let theory: (any SourceTheory)?
    private let memory = CMemory()
    private let schemaRecord: UnsafePointer<induct_schema>
    private let viewRecords: [UnsafePointer<induct_view>]
    private let extensions: [(id: String, table: UnsafeRawPointer)]

    init(_ source: any Source) throws(InductError) {
        let memory = memory
        self.source = source
        schema = source.schema
        views = source.views
        oracle = source.oracle
        theory = source.theory
        schemaRecord = schema.record(in: memory)
        viewRecords = views.map {
            UnsafePointer(
                memory.store(
                    induct_view(
                        struct_size: structSize(induct_view.self), reserved: 0, name: memory.store(text: $0.name),
                        count: $0.count ?? 0)))
        }
        var extensions: [(id: String, table: UnsafeRawPointer)] = []
        if let oracle { extensions.append((INDUCT_SOURCE_ORACLE, Self.table(oracle, memory))) }
        if theory != nil { extensions.append((INDUCT_SOURCE_THEORY, Self.theoryTable(memory))) }
        if let model = source.hiddenMarkovModel {
            guard model.tokens == schema.classes else {
                throw InductError(
                    .internal, "the model has \(model.tokens) tokens, the schema \(schema.classes) classes")
            }
            extensions.append((INDUCT_SOURCE_HMM, UnsafeRawPointer(model.record(in: memory))))
        }
        if let law = source.labelledExamples {
            extensions.append((INDUCT_SOURCE_LABELLED_EXAMPLES, UnsafeRawPointer(try law.record(in: memory))))
        }
        self.extensions = extensions
    }

    /// The ABI's table, which keeps this instance until its `destroy`.
    func retained() -> UnsafePointer<induct_source> {
        UnsafePointer(
            memory.store(
                induct_source(
                    struct_size: structSize(induct_source.self), reserved: 0,
                    instance: Unmanaged.passRetained(self).toOpaque(),
                    destroy: { SourceInstance.release($0) },
                    schema: { SourceInstance.of($0)?.schemaRecord },
                    view: { pointer, index in
                        guard let self = SourceInstance.of(pointer), Int(index) < self.viewRecords.count else {
                            return nil
                        }
                        return self.viewRecords[Int(index)]
                    },
                    fill: { pointer, call, error in
                        guarded(error) {
                            let instance = try SourceInstance.required(pointer)
                            try instance.source.fill(FillRequest(call, instance.schema, instance.views))
                        }
                    },
                    get_extension: { pointer, id in
                        guard let self = SourceInstance.of(pointer), let id = text(id) else { return nil }
                        return self.extensions.first { $0.id == id }?.table
                    })))
    }

    private static func table(_ oracle: any SourceOracle, _ memory: CMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.store(
                induct_source_oracle(
                    struct_size: structSize(induct_source_oracle.self), belief_size: UInt32(oracle.beliefSize),
                    component_count: UInt32(oracle.componentCount), reserved: 0,
                    evaluate: { pointer, call, error in
                        guarded(error) {
                            let instance = try SourceInstance.required(pointer)
                            guard let oracle = instance.oracle else {
                                throw InductError(.unimplemented, "this source has no oracle")
                            }
                            try oracle.evaluate(
                                OracleRequest(
                                    call, instance.schema, beliefSize: oracle.beliefSize,
                                    componentCount: oracle.componentCount))
                        }
                    })))
    }

    private static func theoryTable(_ memory: CMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.store(
                induct_source_theory(
                    struct_size: structSize(induct_source_theory.self), reserved: 0,
                    entropy: { pointer, length, entropy, summary, error in
                        guarded(error) {
                            let instance = try SourceInstance.required(pointer)
                            try instance.writeTheory(Int(length), entropy, summary)
                        }
                    })))
    }

    private func writeTheory(
        _ length: Int, _ entropy: UnsafeMutablePointer<Double>?,
        _ summary: UnsafeMutablePointer<induct_source_theory_summary>?
    ) throws {
        guard let theory else { throw InductError(.unimplemented, "this source states no closed forms") }
        guard length >= 0, entropy != nil || length == 0 else {
            throw InductError(.invalidArgument, "closed forms were asked for the length \(length)")
        }
        let result = try theory.entropy(into: UnsafeMutableBufferPointer(start: entropy, count: length))
        guard let summary, summary.pointee.struct_size >= structSize(induct_source_theory_summary.self) else { return }
        summary.pointee.entropy_rate_status = result.entropyRate.status
        summary.pointee.excess_entropy_status = result.excessEntropy.status
        summary.pointee.entropy_rate = result.entropyRate.value
        summary.pointee.excess_entropy = result.excessEntropy.value
    }

    private static func of(_ pointer: UnsafePointer<induct_source>?) -> SourceInstance? {
        pointer?.pointee.instance.map { Unmanaged<SourceInstance>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func required(_ pointer: UnsafePointer<induct_source>?) throws(InductError) -> SourceInstance {
        guard let instance = of(pointer) else { throw InductError(.internal, "a source was called without itself") }
        return instance
    }

    private static func release(_ pointer: UnsafePointer<induct_source>?) {
        guard let instance = pointer?.pointee.instance else { return }
        Unmanaged<SourceInstance>.fromOpaque(instance).release()
    }
}

extension TheoryValue {
    fileprivate var status: UInt32 {
        switch self {
        case .finite: INDUCT_THEORY_FINITE
        case .unknown: INDUCT_THEORY_UNKNOWN
        case .diverges: INDUCT_THEORY_DIVERGES
        }
    }

    fileprivate var value: Double {
        if case .finite(let value) = self { value } else { 0 }
    }
}
