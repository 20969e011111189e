// SPDX-License-Identifier: Apache-2.0

extension DocumentValue {
    /// Replaces values by settings such as "training.steps=2000", "evaluate.0.samples=64", "architecture.width=[32, 64]".
    ///
    /// A path names keys and indices of lists, parted by dots. Where it leads into a spec that was written as a string,
    /// the string is opened into its tree. A value is read as YAML.
    ///
    /// - Throws: `SpecError` for a setting without '=', a path that leads nowhere, or a value that is no YAML.
    package mutating func apply(overrides: [String]) throws(SpecError) {
        for setting in overrides {
            guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
                throw SpecError("--set \(setting.prefix(80)): expected path=value, as in training.steps=2000")
            }
            do {
                let value = try DocumentValue(setting: String(setting[setting.index(after: equals)...]))
                try set(String(setting[..<equals]), to: value)
            } catch {
                var error = error
                error.message = "--set \(setting.prefix(80)): \(error.message)"
                error.place = nil
                throw error
            }
        }
    }

    /// Reads the value of a setting, which is YAML.
    package init(setting text: String) throws(SpecError) {
        try self.init(yaml: text.isEmpty ? "\"\"" : text)
        forgetPlaces()
    }

    /// Puts a value where a path leads to.
    package mutating func set(_ path: String, to value: DocumentValue) throws(SpecError) {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains("") else { throw SpecError("the path '\(path.prefix(80))' has an empty part") }
        try set(parts[...], to: value)
    }

    /// Places in a setting are no places in the document.
    private mutating func forgetPlaces() {
        place = nil
        switch content {
        case .list(var values):
            for i in values.indices { values[i].forgetPlaces() }
            content = .list(values)
        case .mapping(var entries):
            for i in entries.indices {
                entries[i].place = nil
                entries[i].value.forgetPlaces()
            }
            content = .mapping(entries)
        default: break
        }
    }

    private mutating func set(_ path: ArraySlice<String>, to value: DocumentValue) throws(SpecError) {
        guard let key = path.first else {
            self = value
            return
        }
        let rest = path.dropFirst()
        if case .string(let text) = content {
            content = DocumentValue(try PluginSpec(parsing: text).json).content
        }
        switch content {
        case .mapping(var entries):
            if let i = entries.firstIndex(where: { $0.key == key }) {
                try entries[i].value.set(rest, to: value)
            } else {
                var added = DocumentValue(.mapping([]), at: nil)
                try added.set(rest, to: value)
                entries.append(Entry(key: key, place: nil, value: added))
            }
            content = .mapping(entries)
        case .list(var values):
            guard let i = Int(key), i >= 0, i < values.count || (i == values.count && rest.isEmpty) else {
                throw SpecError("'\(key)' is no index of a list of \(values.count)")
            }
            if i == values.count {
                values.append(value)
            } else {
                try values[i].set(rest, to: value)
            }
            content = .list(values)
        default: throw SpecError("there is nothing called '\(key)' inside \(kind)")
        }
    }
}
