// SPDX-License-Identifier: Apache-2.0

import CProcessor
internal import Glibc

/// Threads that share out the numbered items of one job after another.
///
/// The calling thread works as well, as worker 0. Which worker takes which item is left to chance: work whose result
/// must not depend on the number of threads writes to a place of its own for each item.
///
/// - Complexity: a fork and join of idle-spinning workers costs a few hundred nanoseconds and allocates nothing.
package final class WorkerPool: Sendable {
    /// One item of a job: its number, and the worker that does it, in `[0, threads)`.
    package typealias Work = @Sendable (_ item: Int, _ worker: Int) -> Void

    /// The calling thread included.
    package let threads: Int
    private let crew: Crew
    private let handles: [pthread_t]

    /// Starts `threads - 1` threads; fewer where the system refuses more.
    package init(threads: Int) {
        precondition(threads >= 1, "a pool has at least one thread")
        let crew = Crew()
        var handles: [pthread_t] = []
        for worker in 1..<max(threads, 1) {
            let seat = Unmanaged.passRetained(Seat(crew: crew, worker: worker))
            var handle = pthread_t()
            let status = pthread_create(
                &handle, nil,
                { argument in
                    if let argument {
                        let seat = Unmanaged<Seat>.fromOpaque(argument).takeRetainedValue()
                        seat.crew.serve(as: seat.worker)
                    }
                    return nil
                }, seat.toOpaque())
            guard status == 0 else {
                seat.release()
                break
            }
            handles.append(handle)
        }
        self.crew = crew
        self.handles = handles
        self.threads = handles.count + 1
    }

    deinit {
        crew.dismiss()
        for handle in handles { pthread_join(handle, nil) }
    }

    /// Does the items `0..<count`, and returns when all are done.
    ///
    /// Called by one thread at a time, and never from within an item. A closure that is kept between calls makes them
    /// free of allocations.
    package func run(count: Int, _ work: @escaping Work) {
        if handles.isEmpty || count <= 1 {
            for item in 0..<count { work(item, 0) }
            return
        }
        var first = 0
        while first < count {
            let round = min(count - first, Crew.mostItems)
            if first == 0 && round == count {
                crew.lead(count: round, work)
            } else {
                let base = first
                crew.lead(count: round) { item, worker in work(base + item, worker) }
            }
            first += round
        }
    }
}

/// What a starting thread is told.
private final class Seat: Sendable {
    let crew: Crew
    let worker: Int

    init(crew: Crew, worker: Int) {
        self.crew = crew
        self.worker = worker
    }
}
