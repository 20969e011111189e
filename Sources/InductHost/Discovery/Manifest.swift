// SPDX-License-Identifier: Apache-2.0

import InductCore

/// A bundle's plugin.json, checked: who it is, and which files it brings.
///
///     {"id": "org.example.coins", "version": "1.0.0", "kinds": ["source"], "abi": {"major": 1, "minor": 0},
///      "capabilities": [], "provides": [{"kind", "name", "summary", "concurrency", "config_schema"}, ...],
///      "files": [{"path": "libcoins.so", "sha256": "...", "cpu": "x86-64-v3"}, ...]}
struct Manifest: Sendable {
    /// A library of the bundle.
    struct File: Equatable, Sendable {
        /// Relative to the bundle, without "..".
        var path: String
        var sha256: String
        /// The processors it is for: "x86-64-v3", "arm64", ...; nil = any.
        var cpu: String?
    }

    /// Longest plugin.json that is read.
    static let mostBytes = 4 << 20
    static let fileName = "plugin.json"

    /// The bundle's directory.
    var directory: String
    var description: PluginDescription
    /// What runs its files; "runtime": "python", or nothing for libraries.
    var runtime: PluginRuntime
    var files: [File]

    private static func json(bundle directory: String) throws(TableDefect) -> JSON {
        let bytes = try named { () throws(TableDefect) in
            try FilePaths.bytes(of: directory + "/" + fileName, limit: mostBytes)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TableDefect("its plugin.json is unreadable: it is not UTF-8")
        }
        do throws(JSONError) {
            return try JSON(parsing: text)
        } catch {
            throw TableDefect("its plugin.json is unreadable: \(error)")
        }
    }

    /// The plugin.json of a bundle whose library is no plugin; nil when it is an ordinary bundle.
    static func foreign(bundle directory: String) throws(TableDefect) -> ForeignManifest? {
        let json = try json(bundle: directory)
        return json["runtime"]?.string == "foreign" ? try ForeignManifest(json) : nil
    }

    /// Reads the plugin.json of a bundle.
    init(bundle directory: String) throws(TableDefect) {
        let json = try Self.json(bundle: directory)
        self.directory = directory
        if let major = json["abi"]?["major"], major != .integer(1) {
            throw TableDefect(
                "its plugin.json says that it was written for major version \(major.text) of the ABI, this host has 1")
        }
        description = try Self.named { () throws(TableDefect) in try PluginDescription(json) }
        let word = json["runtime"] ?? .null
        guard let runtime = word.isNull ? .native : word.string.flatMap(PluginRuntime.init(rawValue:)) else {
            throw TableDefect("its plugin.json asks for the runtime \(word.text); this host knows \"python\"")
        }
        self.runtime = runtime
        guard let list = json["files"]?.array, !list.isEmpty else {
            throw TableDefect("its plugin.json is wrong: files is missing or empty")
        }
        files = []
        for file in list {
            guard let path = file["path"]?.string, let sha256 = file["sha256"]?.string else {
                throw TableDefect("its plugin.json is wrong: an entry of files has no path or no sha256")
            }
            guard Self.staysInside(path) else {
                throw TableDefect("its plugin.json is wrong: the file '\(path)' does not lie within the bundle")
            }
            guard Digest.isDigest(sha256) else {
                throw TableDefect("its plugin.json is wrong: the sha256 of '\(path)' is not 64 lowercase hex digits")
            }
            files.append(File(path: path, sha256: sha256, cpu: file["cpu"]?.string))
        }
    }

    /// The text of a manifest for a plugin that describes itself so, with entries of `files` beside it.
    static func json(_ description: PluginDescription, runtime: PluginRuntime, files: [JSON]) -> JSON {
        var members: [JSON.Member] = description.json.members ?? []
        if runtime != .native { members.append(.init(key: "runtime", value: .string(runtime.rawValue))) }
        let kinds = PluginKind.allCases.filter { kind in description.parts.contains { $0.kind == kind } }
        members.append(.init(key: "kinds", value: .array(kinds.map { .string($0.name) })))
        members.append(
            .init(key: "capabilities", value: .array(kinds.map { .string("induct.\($0.name)/1") })))
        members.append(.init(key: "files", value: .array(files)))
        return .object(members)
    }

    /// The best of the files for this processor.
    func chosenFile() throws(TableDefect) -> File {
        let level = KernelVariant.processorLevel
        var best: (file: File, level: Int)?
        for file in files {
            guard let needed = Self.level(of: file.cpu), needed <= level else { continue }
            if needed > best?.level ?? -1 { best = (file, needed) }
        }
        guard let best else { throw TableDefect("its plugin.json has no file for this processor") }
        return best.file
    }

    /// The absolute path of a file, which must lie within the bundle with all symbolic links followed.
    func resolved(_ file: File) throws(TableDefect) -> String {
        let root = try FilePaths.resolved(directory)
        do throws(TableDefect) {
            let path = try FilePaths.resolved(root + "/" + file.path)
            guard path.hasPrefix(root + "/") else { throw TableDefect("it does not lie within the bundle") }
            return path
        } catch {
            throw TableDefect("its file '\(file.path)': \(error.message)")
        }
    }

    /// Whether what the library says is what the manifest says.
    func check(_ actual: PluginDescription) throws(TableDefect) {
        guard actual.id == description.id else {
            throw TableDefect("its plugin.json has the id \(description.id), its library \(actual.id)")
        }
        guard actual.version == description.version else {
            throw TableDefect("its plugin.json has the version \(description.version), its library \(actual.version)")
        }
        let names = { (parts: [PluginDescription.Part]) in Set(parts.map { "\($0.kind.name) '\($0.name)'" }) }
        let difference = names(actual.parts).symmetricDifference(names(description.parts)).sorted()
        guard difference.isEmpty else {
            throw TableDefect(
                "its plugin.json and its library differ in what they provide: \(difference.joined(separator: ", "))")
        }
    }

    static func level(of cpu: String?) -> Int? {
        #if arch(x86_64)
            let levels = [nil: 0, "": 0, "x86-64": 1, "x86-64-v2": 2, "x86-64-v3": 3, "x86-64-v4": 4]
        #else
            let levels = [nil: 0, "": 0, "arm64": 0]
        #endif
        return levels[cpu]
    }

    static func staysInside(_ path: String) -> Bool {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.utf8.contains(0) && components.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    private static func named<Value>(_ body: () throws(TableDefect) -> Value) throws(TableDefect) -> Value {
        do throws(TableDefect) {
            return try body()
        } catch {
            throw TableDefect("its plugin.json is unreadable: \(error.message)")
        }
    }
}
