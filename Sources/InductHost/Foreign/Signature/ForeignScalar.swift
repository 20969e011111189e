// SPDX-License-Identifier: Apache-2.0

/// An arithmetic type of C, by its size and kind: what a call needs to know of it.
struct ForeignScalar: Equatable, Sendable {
    enum Kind: Sendable {
        case signed
        case unsigned
        case real
    }

    var kind: Kind
    /// 1, 2, 4 or 8; a real has 4 or 8.
    var bytes: Int

    static let double = Self(kind: .real, bytes: 8)
    static let int = Self(kind: .signed, bytes: 4)
    static let byte = Self(kind: .unsigned, bytes: 1)

    var isInteger: Bool { kind != .real }
    var bits: Int { 8 * bytes }

    /// Its name in C, of fixed width: "uint16_t", "double".
    var name: String {
        switch kind {
        case .signed: "int\(bits)_t"
        case .unsigned: "uint\(bits)_t"
        case .real: bytes == 4 ? "float" : "double"
        }
    }

    /// Types whose name is one word, on the platforms of the ABI (64-bit pointers, `long` of 64 bits).
    static let named: [String: ForeignScalar] = [
        "int8_t": .init(kind: .signed, bytes: 1), "uint8_t": .init(kind: .unsigned, bytes: 1),
        "int16_t": .init(kind: .signed, bytes: 2), "uint16_t": .init(kind: .unsigned, bytes: 2),
        "int32_t": .init(kind: .signed, bytes: 4), "uint32_t": .init(kind: .unsigned, bytes: 4),
        "int64_t": .init(kind: .signed, bytes: 8), "uint64_t": .init(kind: .unsigned, bytes: 8),
        "size_t": .init(kind: .unsigned, bytes: 8), "ssize_t": .init(kind: .signed, bytes: 8),
        "ptrdiff_t": .init(kind: .signed, bytes: 8), "intptr_t": .init(kind: .signed, bytes: 8),
        "uintptr_t": .init(kind: .unsigned, bytes: 8), "intmax_t": .init(kind: .signed, bytes: 8),
        "uintmax_t": .init(kind: .unsigned, bytes: 8),
    ]

    /// The words that C's own types are made of, in any order: "unsigned long int".
    static let words: Set<String> = [
        "char", "short", "int", "long", "signed", "unsigned", "float", "double", "bool", "_Bool",
    ]

    /// The type that such words name; nil when C has none, or it is `long double`.
    init?(words: [String]) {
        var counts: [String: Int] = [:]
        for word in words { counts[word, default: 0] += 1 }
        let longs = counts.removeValue(forKey: "long") ?? 0
        let isSigned = counts.removeValue(forKey: "signed") ?? 0
        let isUnsigned = counts.removeValue(forKey: "unsigned") ?? 0
        guard isSigned + isUnsigned <= 1, counts.values.allSatisfy({ $0 == 1 }) else { return nil }
        let hasSign = isSigned + isUnsigned == 1
        let kind: Kind = isUnsigned == 1 ? .unsigned : .signed
        switch (Set(counts.keys), longs, hasSign) {
        // Plain char has a sign on x86-64 and none on arm64.
        case (["char"], 0, false): self.init(kind: Self.plainChar, bytes: 1)
        case (["char"], 0, true): self.init(kind: kind, bytes: 1)
        case (["short"], 0, _), (["short", "int"], 0, _): self.init(kind: kind, bytes: 2)
        case (["int"], 0, _), ([], 0, true): self.init(kind: kind, bytes: 4)
        case (["int"], 1...2, _), ([], 1...2, _): self.init(kind: kind, bytes: 8)
        case (["float"], 0, false): self.init(kind: .real, bytes: 4)
        case (["double"], 0, false): self.init(kind: .real, bytes: 8)
        case (["bool"], 0, false), (["_Bool"], 0, false): self.init(kind: .unsigned, bytes: 1)
        default: return nil
        }
    }

    init(kind: Kind, bytes: Int) {
        self.kind = kind
        self.bytes = bytes
    }

    #if arch(x86_64)
        private static let plainChar = Kind.signed
    #else
        private static let plainChar = Kind.unsigned
    #endif
}
