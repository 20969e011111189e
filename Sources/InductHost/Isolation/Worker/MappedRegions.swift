// SPDX-License-Identifier: Apache-2.0

import CWorker
import Glibc
import Synchronization

/// The host's memory as this worker has mapped it.
final class MappedRegions: Sendable {
    struct Region: Sendable {
        let number: UInt32
        let base: UInt
        let size: UInt64
    }

    private let regions = Mutex<[Region]>([])

    /// As they are now.
    var all: [Region] { regions.withLock { $0 } }

    /// Maps a region and closes its descriptor.
    func map(_ number: UInt32, size: UInt64, descriptor: Int32) throws(TableDefect) {
        defer { close(descriptor) }
        guard let base = worker_map(descriptor, size) else {
            throw TableDefect("the region \(number) of \(size) bytes cannot be mapped")
        }
        regions.withLock { $0.append(Region(number: number, base: UInt(bitPattern: base), size: size)) }
    }

    func forget(_ numbers: [UInt32]) {
        regions.withLock { regions in
            for region in regions where numbers.contains(region.number) {
                munmap(UnsafeMutableRawPointer(bitPattern: region.base), Int(region.size))
            }
            regions.removeAll { numbers.contains($0.number) }
        }
    }
}
