// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Synchronization
import Testing

/// Calls overlap as a part's descriptor allows, and no more.
@Suite struct ConcurrencyTests {
    /// A fill that fails while another one is in the library: it waits inside, so that others could come.
    private static let alone = [
        "-D_DEFAULT_SOURCE", "-include", "unistd.h",
        "-DIN_FILL=static int busy;if(__atomic_fetch_add(&busy,1,5))return 13;usleep(2000);__atomic_fetch_sub(&busy,1,5)",
    ]

    /// How many of the fills of 4 threads failed, the threads taking the instances in turn.
    private static func failures(_ concurrency: Int, instances: Int) throws -> Int {
        let workshop = try Workshop()
        let path = try workshop.compile("malformed.c", to: "libdot.so", alone + ["-DCONCURRENCY=\(concurrency)"])
        let host = try workshop.host(plugins: [path])
        let sources = try (0..<instances).map { _ in try host.source(PluginSpec(parsing: "dot")) }
        let failed = Mutex(0)
        let done = DispatchSemaphore(value: 0)
        for thread in 0..<4 {
            let source = sources[thread % instances]
            Thread {
                let batch = Batch(schema: source.schema, count: 1, length: 1)
                for i in 0..<5 {
                    do {
                        try source.fill(batch, rows: 0..<1, view: 0, seed: 0, first: UInt64(i))
                    } catch {
                        failed.withLock { $0 += 1 }
                    }
                }
                done.signal()
            }.start()
        }
        for _ in 0..<4 { done.wait() }
        return failed.withLock { $0 }
    }

    @Test func parallelCallsOverlap() throws {
        #expect(try Self.failures(0, instances: 1) > 0)
    }

    @Test func serialInstanceIsCalledInTurn() throws {
        #expect(try Self.failures(1, instances: 1) == 0)
    }

    @Test func serialInstancesOfOneLibraryOverlap() throws {
        #expect(try Self.failures(1, instances: 2) > 0)
    }

    @Test func serialLibraryIsCalledInTurnThroughAllItsInstances() throws {
        #expect(try Self.failures(2, instances: 2) == 0)
    }
}
