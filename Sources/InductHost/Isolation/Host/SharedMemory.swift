// SPDX-License-Identifier: Apache-2.0

import CWorker
import Glibc
import InductCore
import Synchronization

/// Memory that workers can map: where tensors lie as soon as one part runs in a process of its own.
///
/// Pieces are cut from regions one after the other, those of each purpose from regions of their own. What is freed goes back to the system at once and its place is not used
/// again before its whole region is free, so that memory is always zero when it is given out.
final class SharedMemory: TensorMemoryProvider, Sendable {
    /// A stretch of memory under a number; the numbers are never used twice.
    struct Region: Sendable {
        let number: UInt32
        let base: UInt
        let size: Int
        let descriptor: Int32
        let purpose: TensorPurpose
        /// Bytes cut off so far, and pieces in use.
        var used = 0
        var pieces = 0

        func holds(_ address: UInt, _ bytes: Int) -> Bool { address >= base && address - base <= size - bytes }
    }

    /// Like the process's heap, there is one.
    static let process = SharedMemory()

    /// Bytes of a region, of which only what is touched takes memory.
    ///
    /// Larger pieces have a region of their own.
    private static let regionBytes = 256 << 20

    private struct State {
        var regions: [Region] = []
        var next: UInt32 = 1
    }

    private let state = Mutex(State())
    /// Goes up whenever the list of regions changes.
    private let changes = Atomic<Int>(0)

    private init() {}

    var version: Int { changes.load(ordering: .acquiring) }

    /// The regions there are.
    var regions: [Region] { state.withLock { $0.regions } }

    func allocate(byteCount: Int, for purpose: TensorPurpose) -> UnsafeMutableRawPointer? {
        state.withLock { state in
            var last = state.regions.lastIndex { $0.purpose == purpose } ?? state.regions.endIndex
            if last == state.regions.endIndex || state.regions[last].size - state.regions[last].used < byteCount {
                guard let region = makeRegion(state.next, bytes: byteCount, for: purpose) else { return nil }
                state.next += 1
                last = state.regions.endIndex
                state.regions.append(region)
                changes.add(1, ordering: .releasing)
            }
            let address = state.regions[last].base + UInt(state.regions[last].used)
            state.regions[last].used += byteCount
            state.regions[last].pieces += 1
            return UnsafeMutableRawPointer(bitPattern: address)
        }
    }

    func deallocate(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        let address = UInt(bitPattern: base)
        state.withLock { state in
            guard let index = state.regions.firstIndex(where: { $0.holds(address, byteCount) }) else {
                preconditionFailure("the memory is shared memory")
            }
            let region = state.regions[index]
            state.regions[index].pieces -= 1
            guard state.regions[index].pieces == 0 else {
                worker_discard(region.descriptor, UInt64(address - region.base), UInt64(byteCount))
                return
            }
            munmap(UnsafeMutableRawPointer(bitPattern: region.base), region.size)
            close(region.descriptor)
            state.regions.remove(at: index)
            changes.add(1, ordering: .releasing)
        }
    }

    private func makeRegion(_ number: UInt32, bytes: Int, for purpose: TensorPurpose) -> Region? {
        let size = max(Self.regionBytes, (bytes + 4095) & ~4095)
        let descriptor = worker_memory(UInt64(size))
        guard descriptor >= 0 else { return nil }
        guard let base = worker_map(descriptor, UInt64(size), 1) else {
            close(descriptor)
            return nil
        }
        return Region(
            number: number, base: UInt(bitPattern: base), size: size, descriptor: descriptor, purpose: purpose)
    }
}
