// SPDX-License-Identifier: Apache-2.0

import CHostThread
import Glibc
import InductCore
import Synchronization

/// Of sources: sample i of a view is a pure function of (configuration, seed, view, i), and lies where the schema says.
let sourceChecks: [Check] = pureFillChecks + boundedFillChecks + distinctFillChecks

/// The same sample however it is asked for.
private let pureFillChecks: [Check] = [
    Check("fill-repeats", .source, "the same request gives the same samples") { subject in
        let samples = Samples(try subject.source())
        let once = try samples.rows(seed: subject.seed, count: 64)
        let again = try samples.rows(seed: subject.seed, count: 64)
        if let row = firstDifference(once, again) {
            throw CheckFailure("sample \(row) changed when it was asked for again; keep no state between calls")
        }
    },
    Check("fill-split", .source, "a sample does not depend on the batch it comes in, nor on the order") { subject in
        let samples = Samples(try subject.source())
        let whole = try samples.rows(seed: subject.seed, count: 48)
        var pieces: [[UInt8]] = []
        for range in [0..<1, 1..<8, 8..<9, 9..<31, 31..<48] {
            let first = UInt64(range.lowerBound)
            pieces += try samples.rows(seed: subject.seed, first: first, count: range.count)
        }
        if let row = firstDifference(whole, pieces) {
            throw CheckFailure("sample \(row) depends on where its batch begins or ends")
        }
        for row in whole.indices.reversed() {
            let alone = try samples.rows(seed: subject.seed, first: UInt64(row), count: 1)
            try require(alone[0] == whole[row], "sample \(row) depends on what was asked for before it")
        }
    },
    Check("fill-prefix", .source, "a shorter length gives a prefix") { subject in
        let source = try subject.source()
        guard source.schema.task == .nextToken else { throw CheckSkipped("only text has prefixes") }
        let long = Samples(source, length: 23)
        let whole = try long.batch(seed: subject.seed, count: 24)
        for length in [1, 2, 7, 16] where length < long.length {
            let short = try Samples(source, length: length).batch(seed: subject.seed, count: 24)
            guard let (row, tensor) = Samples.firstOther(short, than: whole) else { continue }
            throw CheckFailure(
                "'\(tensor)' of sample \(row) of length \(length) is not how that of length \(long.length) begins")
        }
    },
    Check("fill-instances", .source, "two instances give the same samples") { subject in
        let first = try Samples(try subject.source()).rows(seed: subject.seed, count: 32)
        let second = try Samples(try subject.source()).rows(seed: subject.seed, count: 32)
        if let row = firstDifference(first, second) { throw CheckFailure("sample \(row) depends on the instance") }
    },
    Check("fill-threads", .source, "many threads can fill at once, with the same samples") { subject in
        let samples = Samples(try subject.source())
        let seed = subject.seed
        let expected = try samples.rows(seed: seed, count: 64)
        let wrong = Mutex<String?>(nil)
        inParallel(8) { worker in
            for round in 0..<8 {
                let first = (worker * 7 + round * 5) % 48
                do {
                    let rows = try samples.rows(seed: seed, first: UInt64(first), count: 16)
                    if let row = firstDifference(Array(expected[first..<first + 16]), rows) {
                        wrong.withLock { $0 = "sample \(first + row) came out differently beside other threads" }
                    }
                } catch {
                    wrong.withLock { $0 = "\(error)" }
                }
            }
        }
        if let message = wrong.withLock({ $0 }) {
            throw CheckFailure(message + "; share nothing between calls, or declare the part serial")
        }
    },
    .betweenProcesses("fill-processes", .source, "another process, in another locale, gives the same samples") {
        subject in
        let samples = Samples(try subject.source())
        return Digest.of(try samples.rows(seed: subject.seed, count: 64).flatMap { $0 })
    },
]

/// Written whole, and nothing else.
private let boundedFillChecks: [Check] = [
    Check("fill-complete", .source, "every element of every tensor is written") { subject in
        let samples = Samples(try subject.source())
        let zeros = try samples.rows(seed: subject.seed, count: 16, background: 0)
        let ones = try samples.rows(seed: subject.seed, count: 16, background: 1)
        if let row = firstDifference(zeros, ones) {
            throw CheckFailure("sample \(row) keeps what was in memory before; write every element")
        }
    },
    Check("fill-bounds", .source, "nothing before or behind a tensor's data is written, nor is what is for reading") {
        subject in
        let source = try subject.source()
        let samples = Samples(source)
        for view in 0..<2 { _ = try samples.batch(view: view, seed: subject.seed, count: 9) }
        if let oracle = source.oracle {
            _ = try? evaluate(oracle, try samples.batch(seed: subject.seed, count: 5), subject.seed)
        }
        if let text = subject.border.violation(.memory) { throw CheckFailure(text) }
    },
    Check("fill-in-range", .source, "integers lie within the limits of the schema, and floats are finite") { subject in
        let samples = Samples(try subject.source(), length: 32)
        for view in 0..<2 {
            for seed in [subject.seed, 0, .max] {
                // The host itself refuses integers beyond the schema's limits.
                let batch = try samples.batch(view: view, seed: seed, count: 128)
                for (tensor, description) in zip(batch.tensors, batch.schema.tensors) where description.type == .float32
                {
                    try require(
                        tensor?.floats.allSatisfy(\.isFinite) == true, "'\(description.name)' holds what is no number")
                }
            }
        }
    },
    Check("fill-large", .source, "thousands of samples can be asked for at once") { subject in
        let source = try subject.source()
        let samples = Samples(source)
        let count = Int(min(4_096, source.views[0].count ?? 4_096))
        let rows = try samples.rows(seed: subject.seed, count: count)
        for row in [0, count / 2, count - 1] where row >= 0 {
            let alone = try samples.rows(seed: subject.seed, first: UInt64(row), count: 1)
            try require(alone[0] == rows[row], "sample \(row) is another one among \(count)")
        }
    },
    Check("fill-empty", .source, "no samples can be asked for") { subject in
        let source = try subject.source()
        let batch = Batch(schema: source.schema, count: 1, length: Samples(source).length)
        try source.fill(batch, rows: 0..<0, view: 0, seed: subject.seed, first: 0)
    },
    Check("fill-keeps-modes", .source, "the rounding mode and errno stay as they were") { subject in
        let samples = Samples(try subject.source())
        let batch = Batch(schema: samples.source.schema, count: 8, length: samples.length)
        _ = try samples.batch(seed: subject.seed, count: 8)
        host_set_rounding(1)
        errno = 4242
        let result = Result { try samples.source.fill(batch, rows: 0..<8, view: 0, seed: subject.seed, first: 0) }
        let (isKept, number) = (host_rounding() == 1, errno)
        host_set_rounding(0)
        try result.get()
        try require(isKept, "the rounding mode was changed")
        try require(number == 4242, "errno was changed to \(number); put it back, the C library's functions set it")
        try require(
            Samples.rows(batch) == (try samples.rows(seed: subject.seed, count: 8)),
            "the samples depend on the rounding mode; draw with integers, as random.h does")
    },
]

/// Other samples where others were asked for.
private let distinctFillChecks: [Check] = [
    Check("fill-seeds", .source, "another seed gives other samples") { subject in
        let samples = Samples(try subject.source(), length: 32)
        let rows = try samples.rows(seed: subject.seed, count: 64)
        guard Set(rows).count > 1 else { throw CheckSkipped("all its samples are the same") }
        try require(
            try samples.rows(seed: subject.seed &+ 1, count: 64) != rows, "the seed \(subject.seed) + 1 changes nothing"
        )
        try require(
            try samples.rows(seed: subject.seed ^ 1 << 40, count: 64) != rows,
            "the upper half of the seed changes nothing; use all 64 bits")
    },
    Check("fill-views", .source, "train and test are drawn apart") { subject in
        let samples = Samples(try subject.source(), length: 32)
        let train = try samples.rows(view: 0, seed: subject.seed, count: 64)
        guard Set(train).count > 1 else { throw CheckSkipped("all its samples are the same") }
        let test = try samples.rows(view: 1, seed: subject.seed, count: 64)
        try require(train != test, "the view 'test' repeats the samples of 'train'; let the view enter what is drawn")
    },
    Check("fill-large-index", .source, "samples beyond 2^32 are samples of their own") { subject in
        let source = try subject.source()
        guard source.views[0].count == nil else { throw CheckSkipped("its view 'train' ends") }
        let samples = Samples(source, length: 32)
        let low = try samples.rows(seed: subject.seed, count: 32)
        let high = try samples.rows(seed: subject.seed, first: 1 << 32, count: 32)
        let crossing = try samples.rows(seed: subject.seed, first: (1 << 32) - 1, count: 2)
        try require(crossing[1] == high[0], "sample 2^32 depends on the batch it comes in")
        guard Set(low).count > 1 else { throw CheckSkipped("all its samples are the same") }
        try require(low != high, "sample 2^32 + i is sample i again; use all 64 bits of the index")
    },
]

/// Runs `body` on so many threads at once, and waits for all.
func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { (worker: Int) -> pthread_t? in
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Work { body(worker) })
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        if status != 0 {
            box.takeRetainedValue().body()
            return nil
        }
        return thread
    }
    for thread in threads { if let thread { pthread_join(thread, nil) } }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
