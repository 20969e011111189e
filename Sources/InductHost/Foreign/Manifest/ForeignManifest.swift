// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A plugin without code of its own: a manifest that makes sources and evaluators of the functions of a library.
///
///     {"runtime": "foreign", "id": "org.example.zlib", "version": "1.0.0", "library": "libz.so.1", "provides": [...]}
struct ForeignManifest: Equatable, Sendable {
    var id: String
    var version: String
    var summary: String
    /// As it was written: "libz.so.1", "lib/mine.so", "/opt/lib/theirs.so".
    var library: String
    var parts: [ForeignPart]

    /// Longest manifest that is read.
    static let mostBytes = 1 << 20
    /// The ending by which a manifest in a directory of plugins is known.
    static let ending = ".foreign.json"
    static let mostParts = 64

    /// Reads a manifest's text.
    init(parsing bytes: [UInt8]) throws(TableDefect) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TableDefect("its manifest is unreadable: it is not UTF-8")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw TableDefect("its manifest is unreadable: \(error)")
        }
        try self.init(json)
    }

    init(file path: String) throws(TableDefect) {
        let bytes: [UInt8]
        do throws(TableDefect) {
            bytes = try FilePaths.bytes(of: path, limit: Self.mostBytes)
        } catch {
            throw TableDefect("its manifest is unreadable: \(error.message)")
        }
        try self.init(parsing: bytes)
    }

    init(_ json: JSON) throws(TableDefect) {
        let object = try ManifestObject(
            json, "", keys: ["runtime", "id", "version", "summary", "library", "provides", "abi", "$schema"])
        guard object["runtime"]?.string == "foreign" else {
            throw object.defect("runtime", "must be \"foreign\" in a manifest without a plugin's library")
        }
        id = try object.requiredText("id")
        guard Names.isReverseDomain(id) else {
            throw object.defect("id", "must be a reverse domain name such as org.example.zlib, not '\(id.prefix(80))'")
        }
        version = try object.requiredText("version")
        guard Names.isVersion(version) else {
            throw object.defect("version", "must be a semantic version such as 1.0.0, not '\(version.prefix(80))'")
        }
        summary = try object.text("summary") ?? ""
        library = try object.requiredText("library")
        _ = try object.required("provides")
        guard let list = try object.list("provides", most: Self.mostParts), !list.isEmpty else {
            throw object.defect("provides", "is empty; name at least one source or evaluator")
        }
        parts = []
        for (index, json) in list.enumerated() {
            let part = try PartReader(json, "provides[\(index)]").part()
            guard !parts.contains(where: { $0.kind == part.kind && $0.name == part.name }) else {
                throw object.defect("provides[\(index)]", "the \(part.kind.name) '\(part.name)' is there already")
            }
            parts.append(part)
        }
    }

    /// What it says about itself, as any plugin does.
    var description: PluginDescription {
        PluginDescription(
            id: id, version: version, summary: summary, abiMinor: 0,
            parts: parts.map {
                .init(
                    kind: $0.kind, name: $0.name, summary: $0.summary, concurrency: $0.concurrency.name,
                    configSchema: $0.configSchema)
            })
    }

    /// Whether the library has what the calls name, read from its file without loading it.
    func check(library path: String) throws(TableDefect) {
        let file: ELFFile
        do throws(TableDefect) {
            file = try ELFFile(path: path)
        } catch {
            throw TableDefect("its library \(path): \(error.message)")
        }
        func kind(_ name: String) throws(TableDefect) -> ELFFile.SymbolKind {
            guard let kind = try file.symbolKind(name) else {
                throw TableDefect("its library \(path) has no symbol '\(name)'; is it the right library and version?")
            }
            return kind
        }
        for call in parts.flatMap(\.calls) {
            for name in call.symbols.functions where try kind(name) == .variable {
                throw TableDefect("'\(name)' of its library \(path) is a variable and cannot be called")
            }
            for name in call.symbols.variables where try kind(name) == .function {
                throw TableDefect("'\(name)' of its library \(path) is a function and holds no pointer")
            }
            for name in call.symbols.any { _ = try kind(name) }
        }
    }
}
