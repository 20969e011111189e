// SPDX-License-Identifier: Apache-2.0

extension Sweep {
    /// Reads the value of a recipe's key `sweep`, at a scale.
    ///
    /// `paper` is the section as it stands, unless `scales` says otherwise; nil as well.
    ///
    /// - Returns: the sweep, and the settings of its scale.
    /// - Throws: `SpecError` with the place and the nearest valid key.
    static func read(
        _ value: DocumentValue, scale: String?
    ) throws(SpecError) -> (sweep: Sweep, settings: [Setting]) {
        let reader = try MappingReader(value, "sweep", keys: ["seeds", "grid", "scales", "figures", "claims"])
        var sweep = Sweep()
        sweep.seeds = try reader.integer("seeds", in: 1...limit) ?? 1
        if let grid = reader.optional("grid") { sweep.axes = try axes(grid, "sweep.grid") }
        var result = (sweep: sweep, settings: [Setting]())
        // Figures and claims may speak of whatever any scale's grid has.
        var whole = sweep
        let scales = reader.optional("scales")
        for entry in scales?.entries ?? [] {
            var one = (sweep: sweep, settings: [Setting]())
            let path = "sweep.scales.\(entry.key)"
            let reader = try MappingReader(entry.value, path, keys: ["seeds", "grid", "set"])
            one.sweep.seeds = try reader.integer("seeds", in: 1...limit) ?? sweep.seeds
            if let grid = reader.optional("grid") {
                for axis in try axes(grid, "\(path).grid") {
                    one.sweep.replace(axis)
                    whole.join(axis)
                }
            }
            if let set = reader.optional("set") { one.settings = try settings(set, "\(path).set") }
            if entry.key == scale { result = one }
        }
        if let scales, scales.entries == nil {
            throw scales.wrong("sweep.scales must be a mapping such as {smoke: {seeds: 1}}, not \(scales.kind)")
        }
        let names = (scales?.entries ?? []).map(\.key)
        if let scale, scale != "paper", !names.contains(scale) {
            throw SpecError(
                "the recipe has no scale '\(scale.prefix(80))'"
                    + (suggestion(for: scale, among: names + ["paper"]).nonEmpty
                        ?? "; it has \((names + (names.contains("paper") ? [] : ["paper"])).joined(separator: ", "))"))
        }
        for (i, value) in (reader.list("figures") ?? []).enumerated() {
            let figure = try Figure(value, "sweep.figures.\(i)", sweep: whole, taken: whole.figures.map(\.name))
            whole.figures.append(figure)
        }
        for (i, value) in (reader.list("claims") ?? []).enumerated() {
            whole.claims.append(try Claim(value, "sweep.claims.\(i)", sweep: whole))
        }
        result.sweep.figures = whole.figures
        result.sweep.claims = whole.claims
        return result
    }

    /// Puts an axis in place of the one with its name, or behind the others.
    package mutating func replace(_ axis: Axis) {
        if let i = self.axis(named: axis.name) { axes[i].values = axis.values } else { axes.append(axis) }
    }

    private mutating func join(_ axis: Axis) {
        guard let i = self.axis(named: axis.name) else { return axes.append(axis) }
        axes[i].values += axis.values.filter { value in !axes[i].values.contains { $0.label == value.label } }
    }

    private static func axes(_ value: DocumentValue, _ path: String) throws(SpecError) -> [Axis] {
        guard let entries = value.entries else {
            throw value.wrong("\(path) must be a mapping such as {source.sigma: [0.2, 0.4]}, not \(value.kind)")
        }
        var axes: [Axis] = []
        for entry in entries { axes.append(try Axis(entry, path)) }
        return axes
    }

    static func settings(_ value: DocumentValue, _ path: String) throws(SpecError) -> [Setting] {
        guard let entries = value.entries else {
            throw value.wrong("\(path) must be a mapping such as {training.steps: 100}, not \(value.kind)")
        }
        var settings: [Setting] = []
        for entry in entries {
            let key = DocumentValue(.null, at: entry.place)
            if let reason = Recipe.refusal(ofPath: entry.key) { throw key.wrong("\(path): \(reason)") }
            settings.append(Setting(path: entry.key, value: entry.value))
        }
        return settings
    }
}

extension Sweep.Axis {
    /// Reads an option such as "source.sigma=[0.2,0.4]".
    package init(option: String) throws(SpecError) {
        guard let equals = option.firstIndex(of: "="), equals > option.startIndex else {
            throw SpecError("--grid \(option.prefix(80)): expected path=[values], as in architecture.width=[32,64]")
        }
        do {
            let value = try DocumentValue(setting: String(option[option.index(after: equals)...]))
            try self.init(.init(key: String(option[..<equals]), place: nil, value: value), "")
        } catch {
            var error = error
            error.message = "--grid \(option.prefix(80)): \(error.message)"
            error.place = nil
            throw error
        }
    }

    /// Reads `path: [values]`, or `name: [{path: value, ...}, ...]`.
    init(_ entry: DocumentValue.Entry, _ path: String) throws(SpecError) {
        let name = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        let key = DocumentValue(.null, at: entry.place)
        guard !["", "seed", "metric", "label", Sweep.Figure.step].contains(entry.key) else {
            throw key.wrong("\(name): '\(entry.key)' cannot name an axis")
        }
        guard case .list(let values) = entry.value.content, !values.isEmpty else {
            throw entry.value.wrong("\(name) must be a list of values such as [32, 64], not \(entry.value.kind)")
        }
        self.init(name: entry.key, values: [])
        let refusal = Recipe.refusal(ofPath: entry.key)
        for (i, value) in values.enumerated() {
            if let refusal {
                guard let members = value.entries, !entry.key.contains(".") else {
                    throw key.wrong(
                        "\(path.isEmpty ? "" : "\(path): ")\(refusal); values of an axis with a name of its own are "
                            + "mappings such as {source.sigma: 0.2, training.steps: 100}")
                }
                self.values.append(try Self.bundle(value, members, "\(name).\(i)"))
            } else {
                self.values.append(
                    Sweep.Value(
                        label: Sweep.Value.label(of: value), number: value.number,
                        settings: [.init(path: entry.key, value: value)]))
            }
        }
        if let twice = self.values.first(where: { value in self.values.count { $0.label == value.label } > 1 }) {
            throw entry.value.wrong("\(name) has the value \(twice.label.prefix(80)) twice")
        }
    }

    private static func bundle(
        _ value: DocumentValue, _ members: [DocumentValue.Entry], _ path: String
    ) throws(SpecError) -> Sweep.Value {
        var rest = value
        rest.content = .mapping(members.filter { $0.key != "label" })
        let settings = try Sweep.settings(rest, path)
        guard !settings.isEmpty else { throw value.wrong("\(path) changes nothing") }
        let given = value["label"]
        let label =
            given.map(Sweep.Value.label)
            ?? settings.map { "\($0.path)=\(Sweep.Value.label(of: $0.value))" }.joined(separator: " ")
        return Sweep.Value(label: label, number: given?.number, settings: settings)
    }
}

extension Sweep.Value {
    /// A value as one writes it in a setting.
    static func label(of value: DocumentValue) -> String {
        switch value.content {
        case .string(let text): text
        case .mapping: (try? PluginSpec(tree: value).description) ?? value.json.text
        default: value.json.text
        }
    }
}
