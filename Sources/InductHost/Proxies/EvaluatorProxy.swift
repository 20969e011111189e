// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// An evaluator as a child of another plugin's part.
final class EvaluatorProxy: ChildProxy, EvaluatorCalls, @unchecked Sendable {
    let evaluator: PluginEvaluator
    private let table: EvaluatorTable

    var kind: PluginKind { .evaluator }
    var spec: PluginSpec { evaluator.resolvedSpec }
    var handle: UnsafeRawPointer { UnsafeRawPointer(table.handle) }

    init(_ evaluator: PluginEvaluator) {
        self.evaluator = evaluator
        table = EvaluatorTable(needs: evaluator.needs)
        table.serve(self)
    }

    func begin(
        _ accumulator: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        forward("begin", error) { $0.table.begin($0.handle, accumulator, $1) }
    }

    func consume(
        _ accumulator: UnsafeMutableRawPointer?, _ batch: UnsafePointer<induct_evaluation_batch>?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        forward("consume", error) { $0.table.consume($0.handle, accumulator, batch, $1) }
    }

    func merge(
        _ accumulator: UnsafeMutableRawPointer?, _ other: UnsafeRawPointer?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        forward("merge", error) { $0.table.merge($0.handle, accumulator, other, $1) }
    }

    func finish(
        _ accumulator: UnsafeRawPointer?, _ metrics: UnsafeMutablePointer<induct_metrics>?,
        _ error: UnsafeMutablePointer<induct_error>?
    ) -> induct_status {
        forward("finish", error) { $0.table.finish($0.handle, accumulator, metrics, $1) }
    }

    func discard(_ accumulator: UnsafeMutableRawPointer?) {
        let child = evaluator.instance
        child.gate.enter("discard") { child.table.discard(child.handle, accumulator) }
    }

    private func forward(
        _ call: StaticString, _ error: UnsafeMutablePointer<induct_error>?,
        _ body: (PluginEvaluator.Instance, UnsafeMutablePointer<induct_error>) -> induct_status
    ) -> induct_status {
        let child = evaluator.instance
        return ProxyCall.answer(error) { () throws(PluginFailure) in
            try child.gate.run(call) { body(child, $0) }
        }
    }
}
