// SPDX-License-Identifier: Apache-2.0

extension ELFFile {
    struct Note {
        var type: UInt32
        var content: [UInt8]
    }

    /// Most bytes that all notes of a library may have.
    private static let mostNoteBytes: UInt64 = 1 << 20

    /// The notes of an owner, in the order of the file.
    ///
    /// - Throws: when notes, anybody's, are damaged.
    func notes(of owner: String) throws(TableDefect) -> [Note] {
        var notes: [Note] = []
        var left = Self.mostNoteBytes
        for segment in segments where segment.type == 4 {
            guard segment.bytes <= left else {
                throw TableDefect("its notes have more than \(Self.mostNoteBytes) bytes")
            }
            left -= segment.bytes
            let bytes = try read(segment.offset, segment.bytes, "notes")
            // Names and contents are padded to 4 bytes, or to 8 in a segment of that alignment.
            let alignment = segment.alignment == 8 ? 8 : 4
            var at = 0
            while at < bytes.count {
                let (name, content) = try Self.note(at: at, in: bytes, alignment: alignment)
                if bytes[name].elementsEqual(owner.utf8 + [0]) {
                    notes.append(Note(type: bytes.uint32(at + 8), content: Array(bytes[content])))
                }
                at = Self.padded(content.upperBound, to: alignment)
            }
        }
        return notes
    }

    /// Where name and content of the note that begins there lie.
    private static func note(
        at start: Int, in bytes: [UInt8], alignment: Int
    ) throws(TableDefect) -> (name: Range<Int>, content: Range<Int>) {
        guard bytes.count - start >= 12 else { throw TableDefect("its notes are damaged: they end within a header") }
        let name = start + 12..<start + 12 + Int(bytes.uint32(start))
        let begin = padded(name.upperBound, to: alignment)
        let content = begin..<begin + Int(bytes.uint32(start + 4))
        guard content.upperBound <= bytes.count else {
            throw TableDefect("its notes are damaged: one reaches beyond their end")
        }
        return (name, content)
    }

    private static func padded(_ size: Int, to alignment: Int) -> Int { (size + alignment - 1) & -alignment }
}
