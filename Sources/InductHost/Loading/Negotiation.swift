// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reading growable structs: abi.h's rule that a reader copies min(theirs, mine) bytes into a zeroed local.
enum Negotiation {
    /// Larger sizes are taken for garbage: no struct of the ABI comes near.
    static let largestStruct = 65_536

    /// A plugin's struct as this host knows it: fields that the plugin does not know are zero.
    ///
    /// - Parameters:
    ///   - theirs: the plugin's struct; its first field is `struct_size`
    ///   - name: the struct's name in the headers, for messages
    ///   - minimum: bytes up to the end of the last field that must be there
    /// - Returns: a copy, with zeros beyond what the plugin knows.
    /// - Throws: when the pointer is NULL or the size is too small or absurd.
    static func read<Table>(
        _ theirs: UnsafePointer<Table>?, _ name: String, minimum: Int
    ) throws(TableDefect) -> Table {
        guard let theirs else { throw TableDefect("its \(name) is NULL") }
        let size = Int(UnsafeRawPointer(theirs).loadUnaligned(as: UInt32.self))
        guard size >= minimum else {
            throw TableDefect(
                "its \(name) is truncated: struct_size is \(size), at least \(minimum) are needed; "
                    + "set struct_size to sizeof(\(name))")
        }
        guard size <= largestStruct else {
            throw TableDefect("its \(name) has a struct_size of \(size), which cannot be; set it to sizeof(\(name))")
        }
        let mine = MemoryLayout<Table>.size
        return withUnsafeTemporaryAllocation(of: Table.self, capacity: 1) { local in
            let bytes = UnsafeMutableRawBufferPointer(local)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            bytes.copyMemory(from: UnsafeRawBufferPointer(start: theirs, count: min(size, mine)))
            return local[0]
        }
    }

    /// Fills at most the allocator's size of a struct that someone else has allocated and given a `struct_size`.
    static func write<Table>(_ value: Table, to theirs: UnsafeMutablePointer<Table>) {
        let size = Int(UnsafeRawPointer(theirs).loadUnaligned(as: UInt32.self))
        withUnsafeBytes(of: value) { mine in
            guard size > 4, let source = mine.baseAddress else { return }
            (UnsafeMutableRawPointer(theirs) + 4).copyMemory(
                from: source + 4, byteCount: min(size, mine.count) - 4)
        }
    }

    /// A string of a plugin, at most `limit` bytes before its NUL; nil for NULL.
    static func text(
        _ pointer: UnsafePointer<CChar>?, _ name: String, limit: UInt32
    ) throws(TableDefect) -> String? {
        guard let pointer else { return nil }
        let length = strnlen(pointer, Int(limit) + 1)
        guard length <= Int(limit) else {
            throw TableDefect("its \(name) does not end within \(limit) bytes; end it with a NUL")
        }
        let bytes = UnsafeBufferPointer(
            start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self), count: length)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TableDefect("its \(name) is not UTF-8")
        }
        return text
    }

    /// A string for people: nothing in it may move the cursor of their terminal.
    static func line(
        _ pointer: UnsafePointer<CChar>?, _ name: String, limit: UInt32
    ) throws(TableDefect) -> String? {
        let text = try text(pointer, name, limit: limit)
        guard text?.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127..<160).contains($0.value) }) ?? true else {
            throw TableDefect("its \(name) holds control characters; give one line of text")
        }
        return text
    }

    /// A string that must be there and must not be empty.
    static func requiredText(
        _ pointer: UnsafePointer<CChar>?, _ name: String, limit: UInt32
    ) throws(TableDefect) -> String {
        guard let text = try text(pointer, name, limit: limit), !text.isEmpty else {
            throw TableDefect("its \(name) is missing")
        }
        return text
    }
}
