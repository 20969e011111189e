// SPDX-License-Identifier: Apache-2.0

import InductCore

extension RunRecord {
    /// The longest run.json that is read, in bytes.
    private static let longest = 1 << 26

    /// Reads a run.json, and trusts nothing in it.
    ///
    /// - Throws: `LabError.damaged`, naming what is wrong: no JSON, a member that is missing, of another type or none that makes
    ///   sense, a recipe that is none, numbers that contradict the recipe.
    package init(path: String) throws(LabError) {
        func damaged(_ reason: String) -> LabError { .damaged(path: path, reason: reason) }
        let bytes = try FileSystem.read(path, limit: Self.longest)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw damaged("it is no text in UTF-8") }
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw damaged("it is no JSON: \(error)") }
        let members = Members(json: json, path: path)
        guard json.members != nil, json["recipe"] != nil else {
            throw damaged("it is not what a run's record looks like")
        }
        guard json["format"]?.int == Self.format else {
            throw damaged("it has another format: it was written by another version")
        }
        var recipe = try members.recipe("recipe")
        let written = json["written"] == nil ? recipe : try members.recipe("written")
        let shards = try members.integer("shards", in: 1...recipe.training.batch)
        guard recipe.training.shards ?? shards == shards else {
            throw damaged("its shards are \(shards), and those of its recipe \(recipe.training.shardCount)")
        }
        // What the run began with holds, whatever the default is by now.
        recipe.training.shards = shards
        guard json["seeds"] == Self.seeds(recipe) else {
            throw damaged("its seeds are not those that follow from its recipe's")
        }
        let status = try members.text("status")
        guard let status = Status(rawValue: status) else {
            let known = Status.allCases.map(\.rawValue)
            throw damaged(
                "its status is '\(status.prefix(40))'\(suggestion(for: status, among: known)); there are "
                    + known.joined(separator: ", "))
        }
        self.init(
            recipe, written: written, kernels: try members.text("kernels"), plugins: try members.plugins(),
            hostVersion: try members.text("host"))
        isResolved = json["written"] != nil
        self.status = status
        step = try members.integer("step", in: 0...recipe.training.steps)
        processor = try members.text("processor")
        started = try members.text("started")
        ended = json["ended"] == nil || json["ended"] == .null ? nil : try members.text("ended")
        isolated = json["isolated"] == nil ? [] : try members.texts("isolated")
        origin = try members.origin()
    }

    /// The members of a run.json.
    private struct Members {
        let json: JSON
        let path: String

        func damaged(_ reason: String) -> LabError { .damaged(path: path, reason: reason) }

        func text(_ key: String) throws(LabError) -> String { try text(json[key], "'\(key)'") }

        private func text(_ value: JSON?, _ name: String) throws(LabError) -> String {
            guard let text = value?.string else { throw damaged("its \(name) is missing or no text") }
            return text
        }

        func integer(_ key: String, in range: ClosedRange<Int>) throws(LabError) -> Int {
            guard let value = json[key]?.int, range.contains(value) else {
                throw damaged(
                    "its '\(key)' must be an integer from \(range.lowerBound) to \(range.upperBound), not "
                        + DocumentValue(json[key] ?? .null).kind)
            }
            return value
        }

        func texts(_ key: String) throws(LabError) -> [String] {
            var texts: [String] = []
            for value in try list(key) { texts.append(try text(value, "'\(key)'")) }
            return texts
        }

        private func list(_ key: String) throws(LabError) -> [JSON] {
            guard let list = json[key]?.array else { throw damaged("its '\(key)' is missing or no list") }
            return list
        }

        func recipe(_ key: String) throws(LabError) -> Recipe {
            do throws(SpecError) {
                let recipe = try Recipe(json: json[key] ?? .null)
                try recipe.check()
                return recipe
            } catch {
                throw damaged("its '\(key)': \(error)")
            }
        }

        func plugins() throws(LabError) -> [PluginIdentity] {
            var plugins: [PluginIdentity] = []
            for plugin in try list("plugins") {
                plugins.append(
                    PluginIdentity(
                        id: try text(plugin["id"], "plugin's id"),
                        version: try text(plugin["version"], "plugin's version"),
                        sha256: try text(plugin["sha256"], "plugin's sha256")))
            }
            return plugins
        }

        func origin() throws(LabError) -> (path: String, sha256: String)? {
            guard let origin = json["initialised_from"] else { return nil }
            return (
                try text(origin["path"], "'initialised_from' path"),
                try text(origin["sha256"], "'initialised_from' sha256")
            )
        }
    }
}
