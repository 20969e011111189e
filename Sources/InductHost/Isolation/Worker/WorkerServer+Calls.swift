// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

extension WorkerServer {
    /// The calls of training and evaluation, from their binary records.
    func carryOut(
        _ call: WorkerCall, _ text: JSON, _ bytes: UnsafeRawBufferPointer, _ reader: RequestReader
    ) throws(PluginFailure) {
        reader.begin(bytes, regions.all)
        switch (call, part) {
        case (.fill, .source(let source)):
            try source.fill(try read(call) { () throws(TableDefect) in try reader.fill() })
        case (.oracle, .source(let source)):
            guard let oracle = source.oracle as? PluginOracle else { throw unknown(call) }
            try oracle.evaluate(try read(call) { () throws(TableDefect) in try reader.oracle() })
        case (.forward, .architecture(let architecture, let workspaces)):
            try architecture.forward(
                try read(call) { () throws(TableDefect) in try reader.pass(architecture, workspaces, text) })
        case (.backward, .architecture(let architecture, let workspaces)):
            try architecture.backward(
                try read(call) { () throws(TableDefect) in try reader.pass(architecture, workspaces, text) })
        case (.observe, .architecture(let architecture, _)):
            try architecture.observe(
                try read(call) { () throws(TableDefect) in try reader.observation(architecture) })
        case (.consume, .evaluator(_, let accumulators)):
            let (number, batch) = try read(call) { () throws(TableDefect) in try reader.evaluation(text) }
            try accumulator(number, accumulators, call).consume(batch)
        default: throw unknown(call)
        }
    }

    /// The calls of theory and accumulators, as JSON.
    func ask(_ call: WorkerCall, _ request: JSON, _ tail: inout NumberTail) throws(PluginFailure) -> JSON {
        switch (call, part) {
        case (.entropy, .source(let source)):
            guard let theory = source.theory, let length = request["length"]?.int, (0...1 << 24).contains(length) else {
                throw unknown(call)
            }
            let result = try theory.entropy(length: length)
            return [
                "entropy": tail.add(result.entropy), "entropy_rate": Self.record(result.entropyRate),
                "excess_entropy": Self.record(result.excessEntropy),
            ]
        case (.begin, .evaluator(let evaluator, let accumulators)):
            accumulators[try number(request, "accumulator", call)] = try evaluator.begin()
            return [:]
        case (.merge, .evaluator(_, let accumulators)):
            let other = try accumulator(try number(request, "other", call), accumulators, call)
            try accumulator(try number(request, "accumulator", call), accumulators, call).merge(other)
            return [:]
        case (.finish, .evaluator(_, let accumulators)):
            let metrics = try accumulator(try number(request, "accumulator", call), accumulators, call).finish()
            return ["metrics": .array(metrics.map { $0.record(&tail) })]
        case (.discard, .evaluator(_, let accumulators)):
            accumulators[try number(request, "accumulator", call)] = nil
            return [:]
        case (.workspace, .architecture(let architecture, _)):
            let mode: PassMode = request["mode"]?.int == 1 ? .evaluate : .train
            let size = architecture.workspaceSize(
                mode: mode, count: try number(request, "count", call), length: try number(request, "length", call))
            return ["size": .integer(Int64(min(size, RecordReader.largestSize)))]
        default: throw unknown(call)
        }
    }

    private func read<Value>(
        _ call: WorkerCall, _ body: () throws(TableDefect) -> Value
    ) throws(PluginFailure) -> Value {
        do throws(TableDefect) {
            return try body()
        } catch {
            throw failure(call, INDUCT_INVALID_ARGUMENT, error.message)
        }
    }

    private func unknown(_ call: WorkerCall) -> PluginFailure {
        failure(call, INDUCT_UNIMPLEMENTED, "this worker's part has no call \(call.name)")
    }

    private func number(_ request: JSON, _ key: String, _ call: WorkerCall) throws(PluginFailure) -> Int {
        guard let number = request[key]?.int else {
            throw failure(call, INDUCT_INVALID_ARGUMENT, "the request has no \(key)")
        }
        return number
    }

    private func accumulator(
        _ number: Int, _ accumulators: Accumulators, _ call: WorkerCall
    ) throws(PluginFailure) -> any EvaluationAccumulator {
        guard let found = accumulators[number] else {
            throw failure(call, INDUCT_INVALID_ARGUMENT, "there is no accumulator \(number)")
        }
        return found
    }

    private static func record(_ value: TheoryValue) -> JSON {
        switch value {
        case .finite(let value): .number(value)
        case .unknown: .null
        case .diverges: "diverges"
        }
    }
}
