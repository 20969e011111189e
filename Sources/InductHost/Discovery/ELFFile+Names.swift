// SPDX-License-Identifier: Apache-2.0

extension ELFFile {
    /// The names of what it defines for others, functions and data alike, in the order of its symbol table.
    func exportedNames() throws(TableDefect) -> [String] {
        guard let symbols = dynamic[6] else { throw TableDefect("its dynamic segment names no symbols") }
        var names: [String] = []
        for index in try firstSymbol()..<(try symbolCount()) {
            let symbol = try load(symbols &+ UInt64(index) * 24, 24, "symbol table")
            let (binding, kind, visibility, section) = (symbol[4] >> 4, symbol[4] & 15, symbol[5] & 3, symbol.uint16(6))
            // Global, weak or unique; neither a section nor a file; neither hidden nor internal.
            guard section != 0, [1, 2, 10].contains(binding), kind != 3, kind != 4, visibility == 0 || visibility == 3
            else { continue }
            names.append(try text(UInt64(symbol.uint32(0))))
        }
        return names
    }

    /// The names of the libraries that the dynamic linker loads with it.
    func neededLibraries() throws(TableDefect) -> [String] {
        var names: [String] = []
        for place in neededNames { names.append(try text(place)) }
        return names
    }

    /// A text of the string table.
    private func text(_ place: UInt64) throws(TableDefect) -> String {
        guard let strings = dynamic[5], let bytes = dynamic[10], place < bytes else {
            throw TableDefect("it is damaged: a name lies outside of its string table")
        }
        let rest = try load(strings &+ place, min(bytes - place, 4096), "string table")
        return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// What comes before is not offered to others.
    private func firstSymbol() throws(TableDefect) -> UInt32 {
        guard let table = dynamic[0x6fff_fef5] else { return 1 }
        return try load(table, 16, "hash table").uint32(4)
    }

    /// The dynamic segment does not say how many symbols there are; the hash tables do.
    private func symbolCount() throws(TableDefect) -> UInt32 {
        if let table = dynamic[4] { return try load(table, 8, "hash table").uint32(4) }
        guard let table = dynamic[0x6fff_fef5] else {
            throw TableDefect("its dynamic segment has no symbol hash table")
        }
        let header = try load(table, 16, "hash table")
        let (buckets, first, words) = (header.uint32(0), header.uint32(4), UInt64(header.uint32(8)))
        let bucketStart = table &+ 16 &+ words &* 8
        var last: UInt32 = 0
        for bucket in 0..<UInt64(min(buckets, 1 << 20)) {
            last = max(last, try load(bucketStart &+ bucket * 4, 4, "hash table").uint32(0))
        }
        guard last >= first, last != 0 else { return first }
        let chainStart = bucketStart &+ UInt64(buckets) * 4
        while try load(chainStart &+ UInt64(last - first) * 4, 4, "hash table").uint32(0) & 1 == 0 {
            guard last < .max else { throw TableDefect("its symbol hash table is damaged") }
            last += 1
        }
        return last + 1
    }
}
