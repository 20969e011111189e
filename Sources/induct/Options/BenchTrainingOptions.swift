// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore

/// What a benchmark of training trains.
struct BenchTrainingOptions: ParsableArguments {
    @Option(help: "One of Benchmarks/configurations, a to e, or the path of a recipe; options change it.")
    var configuration: String?

    @Option(help: "The source.")
    var source: String?

    @Option(help: "The architecture.")
    var architecture: String?

    @Option(help: "The optimizer.")
    var optimizer: String?

    @Option(help: "Predicted positions.")
    var length: Int?

    @Option(help: "Samples of a step.")
    var batch: Int?

    @Option(help: "Steps of a repetition.")
    var steps: Int?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change a value of the recipe, as in training.shards=4; may be repeated.", valueName: "path=value"))
    var settings: [String] = []

    /// Without a configuration: what the options leave open.
    private static let defaults = """
        training: {length: 100, batch: 64, steps: 50, optimizer: adam(learning_rate=1e-3)}
        """

    func recipe() throws -> Recipe {
        var overrides: [String] = []
        func add(_ key: String, spec: String?) throws {
            if let spec { overrides.append("\(key)=\(JSON.string(try PluginSpec(parsing: spec).description).text)") }
        }
        try add("source", spec: source)
        try add("architecture", spec: architecture)
        try add("training.optimizer", spec: optimizer)
        for (key, value) in [("length", length), ("batch", batch), ("steps", steps)] {
            if let value { overrides.append("training.\(key)=\(value)") }
        }
        guard let configuration else {
            guard source != nil, architecture != nil else {
                throw UsageError(
                    "say what to train: --configuration NAME, or --source SPEC and --architecture SPEC")
            }
            return try Recipe(yaml: Self.defaults, overrides: overrides + settings)
        }
        let path = try ConfigurationLibrary().path(of: configuration)
        return try Recipe(yaml: try TextFile.read(path, limit: 1 << 20), file: path, overrides: overrides + settings)
    }
}
