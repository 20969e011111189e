// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// What a library's note says about its plugin, read without loading it; `INDUCT_NOTE` of note.h.
struct PluginNote: Equatable {
    var abiMajor: UInt32
    var abiMinor: UInt32
    var id: String
    var version: String

    /// Reads the note of a library; nil when it has none.
    ///
    /// - Throws: when the note is wrong in itself.
    init?(library path: String) throws(TableDefect) {
        let notes = try ELFFile(path: path).notes(of: INDUCT_NOTE_OWNER).filter { $0.type == INDUCT_NOTE_PLUGIN }
        guard let content = notes.first?.content else { return nil }
        guard notes.count == 1 else {
            throw TableDefect("it has \(notes.count) notes of a plugin; INDUCT_NOTE belongs into a library once")
        }
        let head = MemoryLayout<induct_note>.size
        // What a later version adds is behind the second NUL.
        let texts = content.dropFirst(head).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard texts.count == 3, let id = String(validating: texts[0], as: UTF8.self),
            let version = String(validating: texts[1], as: UTF8.self)
        else { throw TableDefect("its note is damaged: it does not hold an id and a version") }
        guard Names.isReverseDomain(id), Names.isVersion(version) else {
            throw TableDefect("its note is wrong: id or version has not the form of one; see INDUCT_NOTE in note.h")
        }
        abiMajor = content.uint32(0)
        abiMinor = content.uint32(4)
        self.id = id
        self.version = version
    }

    /// Whether the library is for this host.
    func checkMajor() throws(TableDefect) {
        guard abiMajor == INDUCT_ABI_MAJOR else {
            throw TableDefect(
                "its note says that it was written for major version \(abiMajor) of the ABI, this host has "
                    + "\(INDUCT_ABI_MAJOR).\(INDUCT_ABI_MINOR); compile it against this host's headers")
        }
    }

    /// Whether the note names the plugin that the library is.
    func check(_ actual: PluginDescription) throws(TableDefect) {
        guard actual.id == id else {
            throw TableDefect("its note has the id \(id), its library \(actual.id)")
        }
        guard actual.version == version else {
            throw TableDefect("its note has the version \(version), its library \(actual.version)")
        }
    }

    /// With the keys that a description has.
    var json: JSON {
        [
            "id": .string(id), "version": .string(version),
            "abi": ["major": .integer(Int64(abiMajor)), "minor": .integer(Int64(abiMinor))],
        ]
    }
}
