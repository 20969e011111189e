// SPDX-License-Identifier: Apache-2.0

import CInduct

/// A source that this part is composed of, from this plugin or any other.
public struct ChildSource: @unchecked Sendable {
    /// How the user wrote it, for messages.
    public let spec: String
    /// What it delivers.
    public let schema: Schema
    /// Its streams.
    public let views: [View]
    /// The source as a hidden Markov model, if it is one.
    public let hiddenMarkovModel: HiddenMarkovModel?
    /// Its Bayes-optimal predictor, if it knows it.
    public let oracle: ChildOracle?
    private let handle: UnsafePointer<induct_source>
    private let table: induct_source
    private let theoryTable: induct_source_theory?

    init(_ handle: UnsafePointer<induct_source>, spec: String) throws(InductError) {
        self.handle = handle
        self.spec = spec
        table = readGrowable(handle)
        guard let schema = table.schema, let record = schema(handle), let view = table.view, table.fill != nil else {
            throw InductError(.internal, "the source '\(spec)' lacks schema, view or fill")
        }
        self.schema = try Schema(record)
        var views: [View] = []
        while let record = view(handle, UInt32(views.count)).map({ readGrowable($0) }), views.count < 1024 {
            views.append(View(text(record.name) ?? "", count: record.count == 0 ? nil : record.count))
        }
        self.views = views
        let model = Self.extensionTable(handle, table, INDUCT_SOURCE_HMM)
        hiddenMarkovModel =
            if let model { try HiddenMarkovModel(model.assumingMemoryBound(to: induct_source_hmm.self)) } else { nil }
        oracle = Self.extensionTable(handle, table, INDUCT_SOURCE_ORACLE).flatMap {
            ChildOracle(handle, readGrowable($0.assumingMemoryBound(to: induct_source_oracle.self)))
        }
        theoryTable = Self.extensionTable(handle, table, INDUCT_SOURCE_THEORY).map {
            readGrowable($0.assumingMemoryBound(to: induct_source_theory.self))
        }
    }

    /// True when it states closed forms.
    public var hasTheory: Bool { theoryTable?.entropy != nil }

    /// Samples of the child.
    ///
    /// - Parameters:
    ///   - view: index of the view.
    ///   - seed: of everything random; `derivedSeed` gives each child its own.
    ///   - first: number of the first sample.
    ///   - count: how many samples.
    ///   - length: items of a sample.
    ///   - tensors: one address for each entry of the child's schema, nil where it is not wanted; compact and row-major.
    /// - Throws: what the child reports.
    public func fill(
        view: Int, seed: UInt64, first: UInt64, count: Int, length: Int, into tensors: [UnsafeMutableRawPointer?]
    ) throws(InductError) {
        guard let fill = table.fill, tensors.count == schema.tensors.count else {
            throw InductError(.internal, "'\(spec)' has \(schema.tensors.count) tensors, not \(tensors.count)")
        }
        let records = TensorRecords(schema, tensors, count: count, length: length)
        try calling { error in
            records.pointers.withUnsafeBufferPointer { pointers in
                var call = induct_source_fill(
                    struct_size: structSize(induct_source_fill.self), view: UInt32(view), seed: seed, first: first,
                    count: UInt64(count), length: Int64(length), reserved: 0, tensor_count: UInt32(pointers.count),
                    tensors: pointers.baseAddress)
                return fill(handle, &call, error)
            }
        }
    }

    /// Writes h_1 to h_n, in nats, of a child that states closed forms.
    public func entropy(
        into entropy: UnsafeMutableBufferPointer<Double>
    ) throws(InductError) -> (entropyRate: TheoryValue, excessEntropy: TheoryValue) {
        guard let function = theoryTable?.entropy else {
            throw InductError(.unimplemented, "'\(spec)' states no closed forms")
        }
        var summary = induct_source_theory_summary()
        summary.struct_size = structSize(induct_source_theory_summary.self)
        try calling { function(handle, Int64(entropy.count), entropy.baseAddress, &summary, $0) }
        func value(_ status: UInt32, _ value: Double) -> TheoryValue {
            switch status {
            case INDUCT_THEORY_FINITE: .finite(value)
            case INDUCT_THEORY_DIVERGES: .diverges
            default: .unknown
            }
        }
        return (
            value(summary.entropy_rate_status, summary.entropy_rate),
            value(summary.excess_entropy_status, summary.excess_entropy)
        )
    }

    private static func extensionTable(
        _ handle: UnsafePointer<induct_source>, _ table: induct_source, _ id: String
    ) -> UnsafeRawPointer? {
        guard let getExtension = table.get_extension else { return nil }
        return id.withCString { getExtension(handle, $0) }
    }
}

/// The Bayes-optimal predictor of a child.
public struct ChildOracle: @unchecked Sendable {
    /// 0: no belief to show.
    public let beliefSize: Int
    /// 0: no components.
    public let componentCount: Int
    private let handle: UnsafePointer<induct_source>
    private let function:
        @convention(c) (
            UnsafePointer<induct_source>?, UnsafePointer<induct_source_oracle_call>?,
            UnsafeMutablePointer<induct_error>?
        ) -> induct_status

    init?(_ handle: UnsafePointer<induct_source>, _ table: induct_source_oracle) {
        guard let function = table.evaluate else { return nil }
        self.handle = handle
        self.function = function
        beliefSize = Int(table.belief_size)
        componentCount = Int(table.component_count)
    }

    /// Results for the tokens `[count, length]` of a next-token source; see `OracleRequest` for their shapes.
    public func evaluate(
        tokens: UnsafePointer<Int32>, schema: Schema, view: Int, seed: UInt64, count: Int, length: Int,
        predictive: UnsafeMutablePointer<Double>? = nil, belief: UnsafeMutablePointer<Double>? = nil,
        posterior: UnsafeMutablePointer<Double>? = nil, logProbability: UnsafeMutablePointer<Double>? = nil
    ) throws(InductError) {
        var data = [UnsafeMutableRawPointer?](repeating: nil, count: schema.tensors.count)
        data[schema.index(of: "tokens") ?? 0] = UnsafeMutableRawPointer(mutating: tokens)
        let records = TensorRecords(schema, data, count: count, length: length)
        let pointers = records.pointers.map { $0.map { UnsafePointer($0) } }
        try calling { error in
            pointers.withUnsafeBufferPointer { pointers in
                var call = induct_source_oracle_call(
                    struct_size: structSize(induct_source_oracle_call.self), view: UInt32(view), seed: seed,
                    count: UInt64(count), length: Int64(length), reserved: 0, tensor_count: UInt32(pointers.count),
                    tensors: pointers.baseAddress, predictive: predictive, belief: belief, posterior: posterior,
                    log_probability: logProbability)
                return function(handle, &call, error)
            }
        }
    }
}

/// The tensors of one call to a child.
private final class TensorRecords {
    let pointers: [UnsafeMutablePointer<induct_tensor>?]
    private let memory = CMemory()

    init(_ schema: Schema, _ data: [UnsafeMutableRawPointer?], count: Int, length: Int) {
        let memory = memory
        pointers = zip(schema.tensors, data).map { description, data in
            guard let data else { return nil }
            let shape = description.shape.map { Int64($0.bound(batch: count, length: length)) }
            var strides = shape
            var stride: Int64 = 1
            for axis in shape.indices.reversed() {
                strides[axis] = stride
                stride *= shape[axis]
            }
            return memory.store(
                induct_tensor(
                    data: data, device: induct_device(type: 1, id: 0), rank: Int32(shape.count),
                    dtype: description.type.code, shape: memory.store(array: shape),
                    strides: memory.store(array: strides), byte_offset: 0))
        }
    }
}
