// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What memory is for.
///
/// Memory of one purpose lies apart from that of the others, so that another process can be given some of it for reading
/// only.
package enum TensorPurpose: Sendable {
    /// Values of parameters.
    case parameters
    /// Samples of a source.
    case samples
    /// Whatever calls compute.
    case results
}

/// Where tensors, parameters and workspaces lie.
///
/// That is the process's own memory, until somebody provides memory that other processes can map; see `share(with:)`.
package protocol TensorMemoryProvider: Sendable {
    /// Zeroed and 64-byte aligned; nil where it has none left.
    func allocate(byteCount: Int, for purpose: TensorPurpose) -> UnsafeMutableRawPointer?
    func deallocate(_ base: UnsafeMutableRawPointer, byteCount: Int)
}

/// A stretch of zeroed, 64-byte aligned memory, freed with its last user.
package final class TensorMemory: @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    private let provider: (any TensorMemoryProvider)?

    /// Like the memory of a process itself, where tensors lie is a matter of the process.
    private static let shared = Mutex<(any TensorMemoryProvider)?>(nil)

    /// From now on memory comes from `provider`, as long as it has any; what there is stays where it is.
    package static func share(with provider: any TensorMemoryProvider) { shared.withLock { $0 = provider } }

    package init(byteCount: Int, for purpose: TensorPurpose = .results) {
        let byteCount = max(64, (byteCount + 63) & ~63)
        self.byteCount = byteCount
        let provider = Self.shared.withLock { $0 }
        if let provider, let base = provider.allocate(byteCount: byteCount, for: purpose) {
            self.base = base
            self.provider = provider
        } else {
            base = .allocate(byteCount: byteCount, alignment: 64)
            base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            self.provider = nil
        }
    }

    deinit {
        if let provider {
            provider.deallocate(base, byteCount: byteCount)
        } else {
            base.deallocate()
        }
    }
}
