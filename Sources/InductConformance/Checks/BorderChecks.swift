// SPDX-License-Identifier: Apache-2.0

import CHostThread
import CInduct
import Glibc
import InductCore

/// Of every kind: other hosts, wrong configurations, and what all in a process share.
let borderChecks: [Check] = PluginKind.allCases.flatMap { hostChecks($0) + conductChecks($0) }

private func hostChecks(_ kind: PluginKind) -> [Check] {
    [
        Check("larger-structs", kind, "call structs of a later host are understood") { subject in
            let expected = try subject.exercise(kind)
            for tail: UInt8 in [0, 0xa5] {
                let size = StructSize.larger(tail: tail)
                let changes = Border.Changes(create: size, call: size, error: size)
                let outcome = try subject.outcome(kind, changes)
                try require(
                    outcome == .gave(expected),
                    "with 64 more bytes of \(tail == 0 ? "zeros" : "unknown fields") behind the structs it gives "
                        + "something else (\(outcome.words)); read no field that its headers do not have")
            }
        },
        Check("smaller-structs", kind, "call structs of an earlier host work, or are refused in words") { subject in
            let expected = try subject.exercise(kind)
            for (name, changes) in smallerStructs(kind) {
                let outcome = try subject.outcome(kind, changes)
                if case .refused = outcome { continue }
                try require(
                    outcome == .gave(expected),
                    "with a smaller \(name) it gives something else; fields beyond struct_size are zero, read "
                        + "them with INDUCT_HAS or copy")
            }
        },
        Check("hollow-structs", kind, "call structs of which nothing is known but the size do no harm") { subject in
            _ = try subject.exercise(kind)
            let tiny = StructSize.smaller(known: 8)
            _ = try subject.outcome(kind, Border.Changes(create: tiny))
            if kind == .source || kind == .evaluator { _ = try subject.outcome(kind, Border.Changes(call: tiny)) }
        },
        Check("host-services-optional", kind, "without a service of the host it works, or says why not") { subject in
            let expected = try subject.exercise(kind, withTheory: false)
            let absences = HostSlot.allCases.map { Set([$0]) } + [Set(HostSlot.allCases)]
            for missing in absences {
                let what = missing.map(\.rawValue).sorted().joined(separator: ", ")
                let outcome = try subject.outcome(
                    kind, Border.Changes(services: { Services($0, missing: missing) }), withTheory: false)
                if case .gave(let bytes) = outcome, kind == .source || kind == .evaluator {
                    try require(bytes == expected, "without \(what) it gives something else")
                }
            }
            // A host from before the services: its table ends after `version`.
            _ = try subject.outcome(kind, Border.Changes(services: { Services($0, known: 32) }))
        },
        Check("bad-configurations", kind, "a configuration that nobody has checked is refused in words, or works") {
            subject in
            _ = try subject.exercise(kind)
            guard let good = subject.border.configuration else { throw CheckSkipped("it was never created") }
            var words = subject.words(0x70)
            for text in BadConfigurations.all(like: good, &words) {
                subject.border.changes = Border.Changes(config: text)
                defer { subject.border.changes = Border.Changes() }
                _ = try? subject.instance(kind)
                if let complaint = subject.border.violation(.message) {
                    throw CheckFailure("\(complaint), given the configuration \(text.prefix(120))")
                }
            }
        },
        Check("unknown-extensions", kind, "an unknown extension id gives NULL") { subject in
            guard kind != .evaluator else { throw CheckSkipped("evaluators have no extensions") }
            _ = try subject.exercise(kind)
            if let text = subject.border.violation(.extensions) { throw CheckFailure(text) }
        },
    ]
}

private func conductChecks(_ kind: PluginKind) -> [Check] {
    [
        Check("keeps-modes", kind, "no call changes the rounding mode or errno") { subject in
            _ = try subject.exercise(kind)
            for rounding: Int32 in [0, 1] { _ = try subject.outcome(kind, Border.Changes(watchedRounding: rounding)) }
            if let text = subject.border.violation(.modes) { throw CheckFailure(text) }
        },
        Check("leaves-nothing", kind, "threads and files that it opens end with the instance") { subject in
            // Whatever is made once and kept, is made in the first rounds.
            for _ in 0..<2 { _ = try subject.exercise(kind) }
            let (threads, files) = (ProcessState.threads, ProcessState.openFiles)
            for _ in 0..<4 { _ = try subject.exercise(kind) }
            var patience = 100
            while ProcessState.threads > threads, patience > 0 {
                usleep(10_000)
                patience -= 1
            }
            let (moreThreads, moreFiles) = (ProcessState.threads - threads, ProcessState.openFiles - files)
            try require(
                moreThreads <= 0, "after destroy \(moreThreads) threads of 4 instances go on; join them in destroy")
            try require(moreFiles <= 0, "after destroy \(moreFiles) files of 4 instances are open; close them")
        },
        Check("starts-no-process", kind, "no call starts another process") { subject in
            _ = try subject.exercise(kind)
            if let text = subject.border.violation(.processes) { throw CheckFailure(text) }
        },
        Check("service-threads", kind, "services that belong to a call are used by its thread alone") { subject in
            let expected = try subject.exercise(kind)
            let outcome = try subject.outcome(kind, Border.Changes(services: { Services($0) }))
            if let text = subject.border.services?.violation { throw CheckFailure(text) }
            try require(
                outcome == .gave(expected), "it gives something else when parallel_for takes the chunks in reverse")
        },
        Check("cancels-soon", kind, "when the user has asked to stop, every call ends within a second") { subject in
            _ = try subject.exercise(kind)
            subject.border.changes = Border.Changes(services: { Services($0, isCancelled: true) })
            defer { subject.border.changes = Border.Changes() }
            let watch = Stopwatch()
            do {
                try subject.largeCall(kind)
            } catch let failure as PluginFailure {
                try require(
                    failure.status == INDUCT_CANCELLED,
                    "when it is asked to stop it fails with status \(failure.status) and '\(failure.message)'; finish, or "
                        + "give INDUCT_CANCELLED")
            }
            let seconds = subject.border.longestCall
            try require(
                seconds < 1,
                "it goes on for \(seconds) s after the user has asked to stop (\(watch.seconds) s in all); ask "
                    + "is_cancelled now and then")
        },
    ]
}

/// Structs that lack what later drafts of version 1 have added, or what the kind does not need.
private func smallerStructs(_ kind: PluginKind) -> [(name: String, changes: Border.Changes)] {
    func end<Table, Field>(_ field: KeyPath<Table, Field>) -> StructSize {
        .smaller(known: MemoryLayout<Table>.offset(of: field) ?? 8)
    }
    let error = ("induct_error", Border.Changes(error: .smaller(known: 72)))
    switch kind {
    case .source: return [error, ("induct_create", Border.Changes(create: end(\induct_create.schema)))]
    case .architecture:
        return [
            error, ("induct_create", Border.Changes(create: end(\induct_create.expert_count))),
            ("induct_pass", Border.Changes(call: end(\induct_pass.experts))),
        ]
    case .gate: return [error, ("induct_pass", Border.Changes(call: end(\induct_pass.request_count)))]
    case .evaluator:
        return [
            error, ("induct_create", Border.Changes(create: end(\induct_create.expert_count))),
            ("induct_evaluation_batch", Border.Changes(call: end(\induct_evaluation_batch.point_names))),
        ]
    }
}

extension Subject.Outcome {
    fileprivate var words: String {
        switch self {
        case .gave: "other results"
        case .refused(let message): message
        }
    }
}

extension Subject {
    /// A call as large as a run makes them.
    fileprivate func largeCall(_ kind: PluginKind) throws {
        switch kind {
        case .source: _ = try Samples(try source(), length: 64).batch(seed: seed, count: 512)
        case .architecture, .gate:
            let passes = try passes(kind, count: 512)
            let incoming = passes.model.architecture.isDifferentiable ? randomGradients(passes, self) : nil
            _ = try passes.run(0..<512, outputGradients: incoming)
        case .evaluator: _ = try EvaluatorTrial(self, count: 512).consumed([0..<512]).finish()
        }
    }
}
