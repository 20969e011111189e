// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A look into a shared library without loading it, for the symbols that the dynamic linker would find there.
///
/// Goals: never run anything of the file; survive any bytes; find what dlsym would find. It follows the dynamic segment,
/// as the dynamic linker does, so section headers may lie or be absent.
///
/// Source: System V ABI, gABI 4.1, chapters 4 and 5; the GNU hash table as glibc's elf/dl-lookup.c reads it.
struct ELFFile {
    private let file: OpenFile
    private let size: UInt64
    private(set) var segments: [Segment] = []
    private(set) var dynamic: [UInt64: UInt64] = [:]
    /// Places of names in the string table.
    private(set) var neededNames: [UInt64] = []

    /// A regular file, open as long as this lives.
    private final class OpenFile {
        let descriptor: Int32
        let size: UInt64

        init(_ path: String) throws(TableDefect) {
            descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw TableDefect("it cannot be read: \(String(cString: strerror(errno)))") }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw TableDefect("it is not a regular file")
            }
            size = UInt64(status.st_size)
        }

        deinit { close(descriptor) }
    }

    struct Segment {
        var type: UInt32
        var offset: UInt64
        var address: UInt64
        var bytes: UInt64
        var alignment: UInt64
    }

    /// Most bytes that are read of one table.
    private static let mostBytes: UInt64 = 64 << 20

    #if arch(x86_64)
        private static let machine: (number: UInt16, name: String) = (62, "x86-64")
    #else
        private static let machine: (number: UInt16, name: String) = (183, "arm64")
    #endif

    /// Reads the headers and the dynamic segment.
    ///
    /// - Throws: when it is no shared library for this machine, or ends too early.
    init(path: String) throws(TableDefect) {
        file = try OpenFile(path)
        size = file.size
        let magic = try read(0, min(size, 20), "header")
        guard magic.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
            throw TableDefect("it is not a shared library: it does not begin as an ELF file")
        }
        guard size >= 64 else { throw TableDefect("it is truncated: it ends within its header") }
        guard magic[4] == 2, magic[5] == 1 else {
            throw TableDefect("it is for another machine: it is not 64-bit little-endian")
        }
        let header = try read(0, 64, "header")
        guard header.uint16(16) == 3 else { throw TableDefect("it is an ELF file, but not a shared library") }
        guard header.uint16(18) == Self.machine.number else {
            throw TableDefect(
                "it is for another machine (ELF machine \(header.uint16(18))); this is \(Self.machine.name)")
        }
        let count = UInt64(header.uint16(56))
        guard header.uint16(54) == 56, count > 0 else { throw TableDefect("its program headers are damaged") }
        let programs = try read(header.uint64(32), count * 56, "program headers")
        for i in 0..<Int(count) {
            let at = i * 56
            segments.append(
                Segment(
                    type: programs.uint32(at), offset: programs.uint64(at + 8), address: programs.uint64(at + 16),
                    bytes: programs.uint64(at + 32), alignment: programs.uint64(at + 48)))
        }
        guard let segment = segments.first(where: { $0.type == 2 }) else {
            throw TableDefect("it is an ELF file without a dynamic segment, not a shared library")
        }
        let entries = try read(segment.offset, segment.bytes, "dynamic segment")
        for at in stride(from: 0, to: entries.count - 15, by: 16) {
            let tag = entries.uint64(at)
            if tag == 0 { break }
            if tag == 1 { neededNames.append(entries.uint64(at + 8)) }
            if dynamic[tag] == nil { dynamic[tag] = entries.uint64(at + 8) }
        }
    }

    /// What a symbol stands for.
    enum SymbolKind: Equatable {
        case function
        case variable
        case other
    }

    /// Whether it defines the symbol for others.
    func exports(_ name: String) throws(TableDefect) -> Bool { try symbolKind(name) != nil }

    /// What the symbol stands for; nil when it is not defined here for others.
    func symbolKind(_ name: String) throws(TableDefect) -> SymbolKind? {
        guard let strings = dynamic[5], let stringBytes = dynamic[10], let symbols = dynamic[6] else {
            throw TableDefect("its dynamic segment names no symbols")
        }
        if let table = dynamic[0x6fff_fef5] {
            return try findByGNUHash(name, table, strings, stringBytes, symbols)
        }
        if let table = dynamic[4] { return try findByHash(name, table, strings, stringBytes, symbols) }
        throw TableDefect("its dynamic segment has no symbol hash table")
    }

    private func findByGNUHash(
        _ name: String, _ table: UInt64, _ strings: UInt64, _ stringBytes: UInt64, _ symbols: UInt64
    ) throws(TableDefect) -> SymbolKind? {
        var hash: UInt32 = 5381
        for byte in name.utf8 { hash = hash &* 33 &+ UInt32(byte) }
        let header = try load(table, 16, "hash table")
        let (buckets, first, words) = (header.uint32(0), header.uint32(4), UInt64(header.uint32(8)))
        guard buckets > 0 else { return nil }
        let bucketStart = table &+ 16 &+ words &* 8
        var index = try load(bucketStart &+ UInt64(hash % buckets) * 4, 4, "hash table").uint32(0)
        guard index >= first, index != 0 else { return nil }
        let chainStart = bucketStart &+ UInt64(buckets) * 4
        // A chain is no longer than the file has room for.
        for _ in 0..<(size / 4) {
            let entry = try load(chainStart &+ UInt64(index - first) * 4, 4, "hash table").uint32(0)
            if entry | 1 == hash | 1, let kind = try defines(name, index, strings, stringBytes, symbols) { return kind }
            if entry & 1 == 1 { return nil }
            guard index < .max else { break }
            index += 1
        }
        throw TableDefect("its symbol hash table is damaged")
    }

    private func findByHash(
        _ name: String, _ table: UInt64, _ strings: UInt64, _ stringBytes: UInt64, _ symbols: UInt64
    ) throws(TableDefect) -> SymbolKind? {
        var hash: UInt32 = 0
        for byte in name.utf8 {
            hash = (hash << 4) &+ UInt32(byte)
            hash = (hash ^ ((hash & 0xf000_0000) >> 24)) & 0x0fff_ffff
        }
        let header = try load(table, 8, "hash table")
        let (buckets, chains) = (header.uint32(0), header.uint32(4))
        guard buckets > 0 else { return nil }
        var index = try load(table &+ 8 &+ UInt64(hash % buckets) * 4, 4, "hash table").uint32(0)
        for _ in 0..<UInt64(chains) {
            if index == 0 { return nil }
            if let kind = try defines(name, index, strings, stringBytes, symbols) { return kind }
            index = try load(table &+ 8 &+ (UInt64(buckets) + UInt64(index)) * 4, 4, "hash table").uint32(0)
        }
        if index == 0 { return nil }
        throw TableDefect("its symbol hash table is damaged")
    }

    /// What symbol `index` stands for, if it has this name, is defined here, and is offered to others.
    private func defines(
        _ name: String, _ index: UInt32, _ strings: UInt64, _ stringBytes: UInt64, _ symbols: UInt64
    ) throws(TableDefect) -> SymbolKind? {
        let symbol = try load(symbols &+ UInt64(index) * 24, 24, "symbol table")
        let (binding, section) = (symbol[4] >> 4, symbol.uint16(6))
        guard section != 0, binding == 1 || binding == 2 else { return nil }
        let offset = UInt64(symbol.uint32(0))
        let length = UInt64(name.utf8.count) + 1
        guard offset + length <= stringBytes,
            try load(strings &+ offset, length, "string table").elementsEqual(Array(name.utf8) + [0])
        else { return nil }
        return switch symbol[4] & 15 {
        case 1: .variable
        // A function, or one whose version the dynamic linker chooses for the processor.
        case 2, 10: .function
        default: .other
        }
    }

    /// Bytes at an address of the loaded library.
    func load(_ address: UInt64, _ count: UInt64, _ what: String) throws(TableDefect) -> [UInt8] {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let inside = address - segment.address
            if inside < segment.bytes, count <= segment.bytes - inside {
                return try read(segment.offset &+ inside, count, what)
            }
        }
        throw TableDefect("it is damaged: its \(what) lies outside of what is loaded")
    }

    func read(_ offset: UInt64, _ count: UInt64, _ what: String) throws(TableDefect) -> [UInt8] {
        guard offset <= size, count <= size - offset, count <= Self.mostBytes else {
            throw TableDefect("it is truncated: its \(what) lies beyond its end")
        }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        let got = bytes.withUnsafeMutableBytes { pread(file.descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        guard got == bytes.count else { throw TableDefect("it cannot be read to its end") }
        return bytes
    }
}

extension [UInt8] {
    func uint16(_ at: Int) -> UInt16 { UInt16(self[at]) | UInt16(self[at + 1]) << 8 }
    func uint32(_ at: Int) -> UInt32 { UInt32(uint16(at)) | UInt32(uint16(at + 2)) << 16 }
    func uint64(_ at: Int) -> UInt64 { UInt64(uint32(at)) | UInt64(uint32(at + 4)) << 32 }
}
