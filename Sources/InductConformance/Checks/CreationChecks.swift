// SPDX-License-Identifier: Apache-2.0

import CHostThread
import InductCore

/// Of every kind: instances come and go.
let creationChecks: [Check] = PluginKind.allCases.flatMap { kind in
    [
        Check("create-repeats", kind, "many instances can be made, one after the other and side by side") { subject in
            var kept: [AnyObject] = []
            for _ in 0..<16 { kept.append(try subject.instance(kind)) }
        },
        Check("create-frees", kind, "an instance gives its memory back when it is destroyed") { subject in
            // Whatever is made once and kept, is made in the first rounds.
            for _ in 0..<8 { _ = try subject.instance(kind) }
            let rounds = 64
            let before = host_heap_in_use()
            for _ in 0..<rounds { _ = try subject.instance(kind) }
            let growth = (Double(host_heap_in_use()) - Double(before)) / Double(rounds)
            try require(
                growth < 256,
                "\(Int(growth)) bytes are lost with every instance; free in destroy what create has allocated")
        },
    ]
}

extension Subject {
    /// A new instance of whatever kind it is.
    func instance(_ kind: PluginKind) throws -> AnyObject {
        switch kind {
        case .source: try source()
        case .architecture, .gate: try model(kind).architecture
        case .evaluator: try evaluator().evaluator
        }
    }
}
