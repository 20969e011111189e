// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

/// A source's table whose calls go through the border to another's.
final class SourceShim {
    private let original: UnsafePointer<induct_source>
    private let border: Border
    private let own: UnsafeMutablePointer<induct_source>
    /// Tables of extensions with functions, which take the shim's table for `self` as well.
    private let oracle: UnsafeMutablePointer<induct_source_oracle>
    private let theory: UnsafeMutablePointer<induct_source_theory>

    private init(_ original: UnsafePointer<induct_source>, _ border: Border) {
        self.original = original
        self.border = border
        own = .allocate(capacity: 1)
        oracle = .allocate(capacity: 1)
        theory = .allocate(capacity: 1)
        oracle.initialize(to: induct_source_oracle())
        theory.initialize(to: induct_source_theory())
        own.initialize(to: induct_source())
    }

    deinit {
        own.deallocate()
        oracle.deallocate()
        theory.deallocate()
    }

    /// The table that stands for the plugin's; slots that the plugin lacks stay NULL.
    static func table(_ made: UnsafeRawPointer, _ border: Border) -> UnsafeRawPointer {
        let original = made.assumingMemoryBound(to: induct_source.self)
        let size = original.pointee.struct_size
        guard size >= MemoryLayout<induct_source>.size else { return made }
        let theirs = original.pointee
        let shim = SourceShim(original, border)
        var table = induct_source()
        table.struct_size = size
        table.instance = Unmanaged.passRetained(shim).toOpaque()
        if theirs.destroy != nil {
            table.destroy = { handle in
                guard let shim = SourceShim.of(handle) else { return }
                shim.original.pointee.destroy(shim.original)
                Unmanaged.passUnretained(shim).release()
            }
        }
        if theirs.schema != nil {
            table.schema = { SourceShim.of($0).flatMap { $0.original.pointee.schema($0.original) } }
        }
        if theirs.view != nil {
            table.view = { handle, index in
                SourceShim.of(handle).flatMap { $0.original.pointee.view($0.original, index) }
            }
        }
        if theirs.fill != nil {
            table.fill = { handle, call, error in
                guard let shim = SourceShim.of(handle), let call else { return INDUCT_INTERNAL }
                return shim.fill(call, error)
            }
        }
        if theirs.get_extension != nil {
            table.get_extension = { handle, id in SourceShim.of(handle)?.extensionTable(id) }
        }
        shim.own.initialize(to: table)
        return UnsafeRawPointer(shim.own)
    }

    private static func of(_ handle: UnsafePointer<induct_source>?) -> SourceShim? {
        handle?.pointee.instance.map { Unmanaged<SourceShim>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Every tensor's data lies between guards, aligned to its element only.
    private func fill(
        _ call: UnsafePointer<induct_source_fill>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let count = Int(call.pointee.tensor_count)
        let theirs = (0..<count).map { call.pointee.tensors[$0] }
        let memories = theirs.map { tensor in
            tensor.map { GuardedMemory(bytes: $0.pointee.byteCount, copying: $0.pointee.data, shift: 4) }
        }
        var records = zip(theirs, memories).map { tensor, memory in
            var record = tensor?.pointee ?? induct_tensor()
            record.data = memory?.data
            return record
        }
        let status = records.withUnsafeMutableBufferPointer { records in
            let pointers = theirs.indices.map { i in theirs[i].map { _ in records.baseAddress.map { $0 + i } } ?? nil }
            return pointers.withUnsafeBufferPointer { pointers in
                var changed = call.pointee
                changed.tensors = pointers.baseAddress
                return border.withError("fill", error) { error in
                    withStruct(&changed, as: border.changes.call) { original.pointee.fill(original, $0, error) }
                }
            }
        }
        let guarded = memories.enumerated().compactMap { i, memory in memory.map { ("tensor \(i)", $0) } }
        border.compare("fill", guarded: guarded, read: [])
        for (tensor, memory) in zip(theirs, memories) {
            if let data = tensor?.pointee.data { memory?.copy(to: data) }
        }
        return status
    }

    private func extensionTable(_ id: UnsafePointer<CChar>?) -> UnsafeRawPointer? {
        guard let id, let table = original.pointee.get_extension(original, id) else { return nil }
        switch String(cString: id) {
        case INDUCT_SOURCE_ORACLE:
            oracle.pointee = table.assumingMemoryBound(to: induct_source_oracle.self).pointee
            guard oracle.pointee.evaluate != nil else { return table }
            oracle.pointee.evaluate = { handle, call, error in
                guard let shim = SourceShim.of(handle), let call else { return INDUCT_INTERNAL }
                return shim.evaluate(call, error)
            }
            return UnsafeRawPointer(oracle)
        case INDUCT_SOURCE_THEORY:
            theory.pointee = table.assumingMemoryBound(to: induct_source_theory.self).pointee
            guard theory.pointee.entropy != nil else { return table }
            theory.pointee.entropy = { handle, length, entropy, summary, error in
                guard let shim = SourceShim.of(handle) else { return INDUCT_INTERNAL }
                return shim.entropy(length, entropy, summary, error)
            }
            return UnsafeRawPointer(theory)
        default: return table
        }
    }

    private func evaluate(
        _ call: UnsafePointer<induct_source_oracle_call>, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let table = original.pointee.get_extension(original, INDUCT_SOURCE_ORACLE)
        guard let evaluate = table?.assumingMemoryBound(to: induct_source_oracle.self).pointee.evaluate,
            let schema = original.pointee.schema(original)
        else { return INDUCT_INTERNAL }
        let isText = schema.pointee.task == INDUCT_TASK_NEXT_TOKEN
        let positions = schema.pointee.positions < 0 ? call.pointee.length : schema.pointee.positions
        let rows = Int(call.pointee.count) * Int(isText ? call.pointee.length + 1 : positions)
        let inputs = (0..<Int(call.pointee.tensor_count)).map {
            ReadOnlyMemory("tensor \($0)", call.pointee.tensors[$0])
        }
        var changed = call.pointee
        var guarded: [(String, GuardedMemory)] = []
        var targets: [UnsafeMutablePointer<Double>] = []
        func shield(
            _ name: String, _ field: WritableKeyPath<induct_source_oracle_call, UnsafeMutablePointer<Double>?>,
            _ width: Int
        ) {
            guard let target = changed[keyPath: field] else { return }
            let memory = GuardedMemory(bytes: rows * width * 8, copying: target)
            guarded.append((name, memory))
            targets.append(target)
            changed[keyPath: field] = memory.data.assumingMemoryBound(to: Double.self)
        }
        let isRegression = schema.pointee.task == INDUCT_TASK_REGRESSION
        shield("predictive", \.predictive, Int(isRegression ? schema.pointee.outputs : schema.pointee.classes))
        shield("belief", \.belief, Int(oracle.pointee.belief_size))
        shield("posterior", \.posterior, Int(oracle.pointee.component_count))
        shield("log_probability", \.log_probability, 1)
        let status = border.withError("evaluate", error) { evaluate(original, &changed, $0) }
        border.compare("evaluate of the oracle", guarded: guarded, read: inputs)
        for (target, memory) in zip(targets, guarded) { memory.1.copy(to: target) }
        return status
    }

    private func entropy(
        _ length: Int64, _ entropy: UnsafeMutablePointer<Double>?,
        _ summary: UnsafeMutablePointer<induct_source_theory_summary>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        let table = original.pointee.get_extension(original, INDUCT_SOURCE_THEORY)
        guard let function = table?.assumingMemoryBound(to: induct_source_theory.self).pointee.entropy,
            let entropy
        else { return INDUCT_INTERNAL }
        let memory = GuardedMemory(bytes: Int(length) * 8, copying: entropy)
        let status = border.withError("entropy", error) {
            function(original, length, memory.data.assumingMemoryBound(to: Double.self), summary, $0)
        }
        border.compare("entropy", guarded: [("entropy", memory)], read: [])
        memory.copy(to: entropy)
        return status
    }
}
