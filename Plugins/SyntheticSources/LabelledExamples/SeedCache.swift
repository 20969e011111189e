// SPDX-License-Identifier: Apache-2.0

import InductSDK
import Synchronization

/// What belongs to a seed, made once and found again without a lock while the seed stays the same.
///
/// It keeps what it made until it goes itself, so that a reader needs no protection: for the first `capacity` seeds. What
/// belongs to further ones is made anew for each call.
final class SeedCache<Value: AnyObject & Sendable>: Sendable {
    private final class Entry: Sendable {
        let seed: UInt64
        let value: Value

        init(seed: UInt64, value: Value) {
            self.seed = seed
            self.value = value
        }
    }

    private let latest = Atomic<Unmanaged<Entry>?>(nil)
    private let kept = Mutex<[Entry]>([])
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// What belongs to `seed`.
    func value(_ seed: UInt64, _ make: () -> Value) -> Value {
        if let entry = latest.load(ordering: .acquiring)?.takeUnretainedValue(), entry.seed == seed {
            return entry.value
        }
        let found = kept.withLock { kept -> Value? in
            if let entry = kept.first(where: { $0.seed == seed }) {
                latest.store(Unmanaged.passUnretained(entry), ordering: .releasing)
                return entry.value
            }
            guard kept.count < capacity else { return nil }
            let entry = Entry(seed: seed, value: make())
            kept.append(entry)
            latest.store(Unmanaged.passUnretained(entry), ordering: .releasing)
            return entry.value
        }
        return found ?? make()
    }
}
