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

    /// Maps a region and closes its descriptor; one that is there already can be written from now on, where it is.
    func map(_ number: UInt32, size: UInt64, isWritable: Bool, descriptor: Int32) throws(TableDefect) {
        defer { close(descriptor) }
        if let known = all.first(where: { $0.number == number }) {
            let base = UnsafeMutableRawPointer(bitPattern: known.base)
            guard !isWritable || mprotect(base, Int(known.size), PROT_READ | PROT_WRITE) == 0 else {
                throw TableDefect("the region \(number) cannot be written")
            }
            return
        }
        guard let base = worker_map(descriptor, size, isWritable ? 1 : 0) else {
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
