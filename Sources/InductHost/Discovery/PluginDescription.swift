// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What a plugin says about itself: all that is needed to list it and to check a spec, without loading it.
struct PluginDescription: Equatable, Sendable {
    struct Part: Equatable, Sendable {
        var kind: PluginKind
        var name: String
        var summary: String
        var concurrency: String
        /// Parsed config_schema; null = no parameters, no children.
        var configSchema: JSON
    }

    var id: String
    var version: String
    var summary: String
    var abiMinor: Int
    var parts: [Part]

    init(id: String, version: String, summary: String, abiMinor: Int, parts: [Part]) {
        self.id = id
        self.version = version
        self.summary = summary
        self.abiMinor = abiMinor
        self.parts = parts
    }

    /// From an opened library; every config schema is parsed, so that one which is wrong refuses the plugin.
    init(_ library: PluginLibrary) throws(TableDefect) {
        id = library.id
        version = library.version
        summary = library.summary
        abiMinor = library.abiMinor
        parts = []
        for part in library.parts {
            do {
                _ = try ConfigSchema(parsing: part.configSchema)
                let schema = try part.configSchema.map { try JSON(parsing: $0) } ?? .null
                parts.append(
                    Part(
                        kind: part.kind, name: part.name, summary: part.summary, concurrency: part.concurrency.name,
                        configSchema: schema))
            } catch {
                throw TableDefect("the config_schema of its \(part.kind.name) '\(part.name)' is wrong: \(error)")
            }
        }
    }

    var json: JSON {
        [
            "id": .string(id), "version": .string(version), "summary": .string(summary),
            "abi": ["major": 1, "minor": .integer(Int64(abiMinor))],
            "provides": .array(
                parts.map {
                    [
                        "kind": .string($0.kind.name), "name": .string($0.name), "summary": .string($0.summary),
                        "concurrency": .string($0.concurrency), "config_schema": $0.configSchema,
                    ]
                }),
        ]
    }

    /// Reads `json` back.
    ///
    /// Nothing in it is trusted, for it comes from another process or from a file.
    init(_ json: JSON) throws(TableDefect) {
        guard let id = json["id"]?.string, Names.isReverseDomain(id), let version = json["version"]?.string,
            Names.isVersion(version), let provides = json["provides"]?.array, !provides.isEmpty
        else { throw TableDefect("id, version or provides is missing or malformed") }
        self.id = id
        self.version = version
        summary = json["summary"]?.string ?? ""
        abiMinor = json["abi"]?["minor"]?.int ?? 0
        guard provides.count <= PluginKind.allCases.count * PluginPart.limit else {
            throw TableDefect(
                "provides has \(provides.count) entries; a plugin has at most \(PluginPart.limit) of a kind")
        }
        parts = []
        var names: Set<String> = []
        for part in provides {
            guard let kind = part["kind"]?.string.flatMap(PluginKind.init(name:)), let name = part["name"]?.string,
                Names.isKebabCase(name)
            else { throw TableDefect("an entry of provides has no known kind or no name in kebab-case") }
            guard names.insert("\(kind.name) \(name)").inserted else {
                throw TableDefect("provides names the \(kind.name) '\(name)' twice")
            }
            parts.append(
                Part(
                    kind: kind, name: name, summary: part["summary"]?.string ?? "",
                    concurrency: part["concurrency"]?.string ?? "parallel",
                    configSchema: part["config_schema"] ?? .null))
        }
    }
}
