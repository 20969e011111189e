// SPDX-License-Identifier: Apache-2.0

extension Recipe {
    /// Reads a recipe; `overrides` are settings such as "training.steps=2000".
    ///
    /// `file` names the recipe in errors.
    ///
    /// - Throws: `SpecError` with the file, the line and the column where there is one, and the nearest valid key.
    package init(yaml: String, file: String? = nil, overrides: [String] = []) throws(SpecError) {
        do {
            var document = try DocumentValue(yaml: yaml)
            try document.apply(overrides: overrides)
            try self.init(document)
        } catch {
            var error = error
            error.file = file
            throw error
        }
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(SpecError) { try self.init(DocumentValue(json)) }
}

extension Recipe {
    /// The largest sizes that are accepted: far beyond what is sensible, far below what overflows.
    package enum Limit {
        package static let length = 1...1_048_576
        package static let batch = 1...1_048_576
        package static let steps = 1...1_000_000_000
        package static let moment = 0...1_000_000_000
        package static let shards = 1...65_536
        package static let samples = 1...1_073_741_824
        package static let labelSmoothing = 0.999
        package static let seed = 0...Int.max
        /// Positions of one batch: length times batch.
        package static let positions = 1 << 31
    }

    private static let keys = [
        "seed", "source", "architecture", "training", "evaluate", "checkpoints", "initialise", "sweep",
    ]

    /// Why a grid cannot change what a path leads to; nil when it can.
    static func refusal(ofPath path: String) -> String? {
        let root = path.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let paths = keys.filter { $0 != "seed" && $0 != "sweep" }
        if root == "seed" { return "seeds follow one after another from the recipe's seed: say how many with seeds" }
        guard !paths.contains(root) else { return nil }
        let name = path.drop { $0 != "." }
        return "unknown key \(path.prefix(120))"
            + (nearestName(to: root, among: paths).map { "; did you mean '\($0)\(name)'?" }
                ?? "; a path begins with one of \(paths.joined(separator: ", "))")
    }

    /// Reads the tree of a recipe; what its key `sweep` says is checked, and no part of a lone run.
    package init(_ document: DocumentValue) throws(SpecError) {
        let reader = try MappingReader(document, "", keys: Self.keys)
        if let sweep = reader.optional("sweep") { _ = try Sweep.read(sweep, scale: nil) }
        self.init(
            source: try reader.requiredSpec("source"), architecture: try reader.requiredSpec("architecture"),
            training: try Training(try reader.required("training")))
        if let seed = try reader.integer("seed", in: Limit.seed) { self.seed = UInt64(seed) }
        for (i, value) in (reader.list("evaluate") ?? []).enumerated() {
            let evaluation = try Evaluation(value, "evaluate.\(i)", of: source, taken: evaluate.map(\.name))
            evaluate.append(evaluation)
        }
        if let value = reader.optional("checkpoints") { checkpoints = try Checkpoints(value) }
        initialise = try reader.text("initialise", longest: 4096)
    }
}

extension Recipe.Training {
    fileprivate init(_ value: DocumentValue) throws(SpecError) {
        let rate = "it belongs to the optimizer, as in optimizer: adam(learning_rate=1e-3)"
        let decay = "it belongs to the optimizer, as in optimizer: adamw(decay=0.1), or to training.groups"
        let reader = try MappingReader(
            value, "training",
            keys: [
                "length", "batch", "steps", "shards", "accumulate", "optimizer", "schedule", "clip", "label_smoothing",
                "groups",
            ],
            hints: ["learning_rate": rate, "lr": rate, "weight_decay": decay, "decay": decay, "momentum": rate])
        self.init(
            length: try reader.requiredInteger("length", in: Recipe.Limit.length),
            batch: try reader.requiredInteger("batch", in: Recipe.Limit.batch),
            steps: try reader.requiredInteger("steps", in: Recipe.Limit.steps),
            shards: try reader.integer("shards", in: Recipe.Limit.shards),
            optimizer: try reader.spec("optimizer") ?? Self.defaultOptimizer,
            schedule: try reader.spec("schedule") ?? Self.defaultSchedule,
            clip: try reader.positiveNumber("clip"))
        guard length * batch <= Recipe.Limit.positions else {
            throw value.wrong("training.length times training.batch must be at most \(Recipe.Limit.positions)")
        }
        if let shards, shards > batch {
            throw (reader.optional("shards") ?? value).wrong(
                "training.shards must be at most training.batch, which is \(batch), not \(shards)")
        }
        accumulate = try reader.integer("accumulate", in: 1...Recipe.Limit.shards.upperBound) ?? 1
        if accumulate > shards ?? batch {
            throw (reader.optional("accumulate") ?? value).wrong(
                "training.accumulate must be at most training.\(shards == nil ? "batch" : "shards"), which is "
                    + "\(shards ?? batch), not \(accumulate)")
        }
        labelSmoothing = try reader.number("label_smoothing", in: 0...Recipe.Limit.labelSmoothing) ?? 0
        for (i, value) in (reader.list("groups") ?? []).enumerated() {
            groups.append(try ParameterGroup(value, "training.groups.\(i)"))
        }
    }

    /// Adam at 1e-3.
    package static let defaultOptimizer = PluginSpec(
        name: "adam", arguments: [.init(key: "learning_rate", value: .number(1e-3))])
    package static let defaultSchedule = PluginSpec(name: "constant")
}

extension Recipe.Evaluation {
    fileprivate init(
        _ value: DocumentValue, _ path: String, of source: PluginSpec, taken: [String]
    ) throws(SpecError) {
        let reader = try MappingReader(
            value, path,
            keys: ["every", "logarithmic", "at", "evaluators", "view", "samples", "source", "name"])
        var evaluators: [PluginSpec] = []
        for (i, value) in (reader.list("evaluators") ?? []).enumerated() {
            evaluators.append(try MappingReader.spec(value, "\(path).evaluators.\(i)"))
        }
        guard !evaluators.isEmpty else {
            throw value.wrong("\(path).evaluators is missing: a list of specs such as position-loss")
        }
        let view = try reader.word("view") ?? "test"
        let name = try reader.word("name")
        if name == Self.trainingName {
            throw (reader.optional("name") ?? value).wrong(
                "\(path).name: '\(Self.trainingName)' is what the losses of the training batches go by; choose another name"
            )
        }
        if let name, taken.contains(name) {
            throw (reader.optional("name") ?? value).wrong("\(path).name '\(name)' is taken by an evaluation before it")
        }
        self.init(
            name: name ?? Self.freeName(view, taken: taken), when: try Recipe.Moments(reader),
            evaluators: evaluators, view: view,
            samples: try reader.integer("samples", in: Recipe.Limit.samples) ?? 4096,
            source: try Self.source(reader, of: source))
    }

    /// A source of its own, or a mapping without a name: the source trained on with other arguments.
    private static func source(_ reader: MappingReader, of source: PluginSpec) throws(SpecError) -> PluginSpec? {
        guard let value = reader.optional("source"), let entries = value.entries, value["name"] == nil else {
            return try reader.spec("source")
        }
        guard !entries.contains(where: { $0.key == "children" }) else {
            throw value.wrong("\(reader.name("source")): with children of its own it needs its name")
        }
        var whole = value
        whole.content = .mapping(
            entries + [.init(key: "name", place: nil, value: DocumentValue(.string(source.name), at: value.place))])
        var changed = source
        for argument in try MappingReader.spec(whole, reader.name("source")).arguments {
            changed.arguments.removeAll { $0.key == argument.key }
            changed.arguments.append(argument)
        }
        return changed
    }

    /// What the metrics of the training itself go by.
    private static let trainingName = "training"

    /// The view's name, numbered when it is taken.
    private static func freeName(_ view: String, taken: [String]) -> String {
        guard taken.contains(view) else { return view }
        var number = 2
        while taken.contains("\(view)-\(number)") { number += 1 }
        return "\(view)-\(number)"
    }
}

extension Recipe.Moments {
    fileprivate init(_ reader: MappingReader) throws(SpecError) {
        let given = ["every", "logarithmic", "at"].filter { reader.optional($0) != nil }
        guard given.count == 1 else {
            let found = given.isEmpty ? "none is there" : "found \(given.joined(separator: " and "))"
            throw reader.value.wrong("\(reader.path) needs one of every, logarithmic and at; \(found)")
        }
        if let every = try reader.integer("every", in: Recipe.Limit.steps) {
            self = .every(every)
        } else if let perDecade = try reader.integer("logarithmic", in: 1...1000) {
            self = .logarithmic(perDecade: perDecade)
        } else {
            var moments: Set<Int> = []
            for (i, value) in (reader.list("at") ?? []).enumerated() {
                moments.insert(try MappingReader.integer(value, "\(reader.name("at")).\(i)", in: Recipe.Limit.moment))
            }
            self = .at(moments.sorted())
        }
    }
}

extension Recipe.Checkpoints {
    fileprivate init(_ value: DocumentValue) throws(SpecError) {
        let reader = try MappingReader(value, "checkpoints", keys: ["every", "keep"])
        self.init(
            every: try reader.integer("every", in: Recipe.Limit.steps),
            keep: try reader.integer("keep", in: 1...1_000_000) ?? 5)
    }
}
