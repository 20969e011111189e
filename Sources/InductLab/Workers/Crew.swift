// SPDX-License-Identifier: Apache-2.0

import CProcessor
internal import Glibc
import Synchronization

/// What the threads of a `WorkerPool` share: the current job and the means to wait for the next one.
///
/// Goals, in this order: no item is done twice or under the wrong job; a waiting worker answers within a fraction of a
/// microsecond; an idle one sleeps soon; more threads than processors still make progress.
///
/// A job is published in one word, the ticket: epoch (32 bits), number of items (16), next item (16). Taking an item is
/// one compare-and-swap of the whole word, so that a late worker can never take an item of a job it has not seen, and the
/// job's closure cannot change while one of its items is in anybody's hands.
final class Crew: @unchecked Sendable {
    /// Items that fit in a ticket.
    static let mostItems = 0xffff

    private let ticket = Atomic<UInt64>(0)
    private let unfinished = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let isDismissed = Atomic<Bool>(false)
    /// Written by the leader while no item is out, read by whoever holds an item.
    private var work: WorkerPool.Work?
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Publishes a job, works on it as worker 0, and returns when every item is done.
    func lead(count: Int, _ work: @escaping WorkerPool.Work) {
        self.work = work
        unfinished.store(count, ordering: .relaxed)
        let epoch = (ticket.load(ordering: .relaxed) >> 32) &+ 1
        ticket.store(epoch << 32 | UInt64(count) << 16, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
        takeItems(as: 0)
        var wait = Patience()
        while unfinished.load(ordering: .acquiring) > 0 { wait.spin() }
        self.work = nil
    }

    /// The life of worker `worker`.
    func serve(as worker: Int) {
        var seen = ticket.load(ordering: .acquiring) >> 32
        var wait = Patience()
        takeItems(as: worker)
        while !isDismissed.load(ordering: .acquiring) {
            let epoch = ticket.load(ordering: .acquiring) >> 32
            if epoch != seen {
                seen = epoch
                takeItems(as: worker)
                wait = Patience()
            } else if !wait.spin() {
                sleep(until: seen)
                wait = Patience()
            }
        }
    }

    /// Ends every worker's life; no job is running.
    func dismiss() {
        isDismissed.store(true, ordering: .sequentiallyConsistent)
        wake()
    }

    private func takeItems(as worker: Int) {
        while true {
            let seen = ticket.load(ordering: .acquiring)
            let item = Int(seen & 0xffff)
            if item >= Int((seen >> 16) & 0xffff) { return }
            let (isMine, _) = ticket.compareExchange(
                expected: seen, desired: seen &+ 1, ordering: .acquiringAndReleasing)
            guard isMine else {
                processor_relax()
                continue
            }
            guard let work else { preconditionFailure("an item was taken of a job that is over") }
            work(item, worker)
            unfinished.subtract(1, ordering: .releasing)
        }
    }

    /// Sleeps until the epoch is another than `epoch` or the crew is dismissed.
    private func sleep(until epoch: UInt64) {
        pthread_mutex_lock(mutex)
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while ticket.load(ordering: .sequentiallyConsistent) >> 32 == epoch
            && !isDismissed.load(ordering: .sequentiallyConsistent)
        {
            pthread_cond_wait(condition, mutex)
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
    }

    private func wake() {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}

/// How long a thread spins: some microseconds without a break, then giving way to other threads.
struct Patience {
    /// Spins without giving way, roughly 2 microseconds.
    private static let eagerSpins = 64
    /// Nanoseconds after which a waiting worker had better sleep.
    private static let limit: UInt64 = 80_000

    private var spins = 0
    private var started: UInt64 = 0

    /// Waits a moment; false when the waiting has taken too long to go on spinning.
    @discardableResult
    mutating func spin() -> Bool {
        spins += 1
        if spins < Self.eagerSpins {
            processor_relax()
            return true
        }
        if started == 0 {
            started = monotonicNanoseconds()
            return true
        }
        if spins & 7 == 0 {
            sched_yield()
            return monotonicNanoseconds() &- started < Self.limit
        }
        processor_relax()
        return true
    }
}

/// Nanoseconds of the system's monotonic clock.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
