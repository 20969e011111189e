// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

struct RecipeTests {
    private static let yaml = """
        # a recipe
        seed: 7
        source: {name: with-bos, children: [{name: dursley-wonka, p: 0.4, q: 0.25}]}
        architecture: transformer(layers=2, width=64, heads=4)
        training: {length: 100, batch: 512, steps: 1000, shards: 8, optimizer: adam(learning_rate=1e-3), clip: 1}
        evaluate:
          - {every: 50, evaluators: [position-loss, oracle-gap], view: test, samples: 4096}
          - logarithmic: 4
            evaluators: by-label-loss(labels=[3, 4])
            source: coin(p=0.5)
          - {at: [10, 5, 10], evaluators: [accuracy], name: early}
        checkpoints: {every: 200}
        """

    @Test func everyPartIsRead() throws {
        let recipe = try Recipe(yaml: Self.yaml)
        #expect(recipe.seed == 7)
        #expect(recipe.source.description == "with-bos(dursley-wonka(p=0.4, q=0.25))")
        #expect(recipe.architecture["width"] == .integer(64))
        #expect(recipe.training.shards == 8)
        #expect(recipe.training.clip == 1)
        #expect(recipe.training.schedule.description == "constant")
        #expect(recipe.evaluate.map(\.name) == ["test", "test-2", "early"])
        #expect(recipe.evaluate.map(\.when) == [.every(50), .logarithmic(perDecade: 4), .at([5, 10])])
        #expect(recipe.evaluate[1].evaluators.map(\.description) == ["by-label-loss(labels=[3, 4])"])
        #expect(recipe.evaluate[1].source?.description == "coin(p=0.5)")
        #expect(recipe.checkpoints == Recipe.Checkpoints(every: 200, keep: 5))
    }

    /// What most recipes leave out.
    private static let options = [
        "training.accumulate=4", "training.label_smoothing=0.1", "initialise=runs/before",
        "training.groups=[{parameters: [embedding.*, unembedding.*], learning_rate_factor: 0.5}, "
            + "{parameters: '*.bias', decay: 0, after: 10}, {parameters: '*', decay: 1, after: 2, until: 5}]",
    ]

    @Test func aByteOrderMarkIsNoPartOfARecipe() throws {
        let text = "source: coin\narchitecture: gru\ntraining: {length: 1, batch: 1, steps: 9}\n"
        #expect(try Recipe(yaml: "\u{feff}" + text) == Recipe(yaml: text))
        #expect(throws: SpecError.self) { try Recipe(yaml: text + "\u{feff}: 1") }
    }

    @Test func optionsOfTrainingAreRead() throws {
        let recipe = try Recipe(yaml: Self.yaml, overrides: Self.options)
        #expect(recipe.training.accumulate == 4)
        #expect(recipe.training.labelSmoothing == 0.1)
        #expect(recipe.initialise == "runs/before")
        #expect(
            recipe.training.groups == [
                .init(patterns: ["embedding.*", "unembedding.*"], learningRateFactor: 0.5),
                .init(patterns: ["*.bias"], decay: 0, after: 10),
                .init(patterns: ["*"], decay: 1, after: 2, until: 5),
            ])
    }

    @Test(arguments: [
        ("training.acumulate=2", "accumulate"), ("training.accumulate=9", "shards"), ("training.accumulate=0", "1"),
        ("training.label_smoothing=1", "0.999"), ("training.label_smoothing=-0.1", "0"),
        ("training.weight_decay=0.1", "adamw(decay=0.1)"), ("training.groups=[{decay: 1}]", "parameters"),
        ("training.groups=[{parameters: a}]", "changes nothing"),
        ("training.groups=[{parameters: a, learning_rate: 1}]", "learning_rate_factor"),
        ("training.groups=[{parameters: 3, decay: 0}]", "pattern"),
        ("training.groups=[{parameters: a, decay: 0, until: 0}]", "until must be an integer from 1"),
        ("training.groups=[{parameters: a, decay: 0, after: 7, until: 7}]", "groups.0.after, which is 7"),
        ("training.groups=[{parameters: a, decay: 0, after: -1}]", "after must be an integer from 0"),
    ])
    func wrongOptionsOfTrainingAreExplained(setting: String, help: String) {
        let error = #expect(throws: SpecError.self) { try Recipe(yaml: Self.yaml, overrides: [setting]) }
        #expect(error?.description.contains(help) == true, "\(String(describing: error))")
    }

    @Test func resolvedJSONReadsBackToTheSameRecipe() throws {
        let recipe = try Recipe(yaml: Self.yaml, overrides: Self.options)
        #expect(try Recipe(json: JSON(parsing: recipe.json.text)) == recipe)
        #expect(try Recipe(yaml: recipe.json.indented) == recipe)
    }

    @Test func settingsReplaceValuesAlsoInsideSpecs() throws {
        let recipe = try Recipe(
            yaml: Self.yaml,
            overrides: [
                "training.steps=2000", "architecture.width=32", "architecture.hidden=[8, 8]",
                "training.optimizer.learning_rate=3e-4", "source.children.0.p=0.3", "evaluate.0.samples=64",
                "evaluate.1.evaluators=[a(b=1), c]", "training.schedule=cosine(warm_up=10)", "training.clip=null",
                "checkpoints.keep=2",
            ])
        #expect(recipe.training.steps == 2000)
        #expect(recipe.architecture.description == "transformer(layers=2, width=32, heads=4, hidden=[8, 8])")
        #expect(recipe.training.optimizer.description == "adam(learning_rate=0.0003)")
        #expect(recipe.source.description == "with-bos(dursley-wonka(p=0.3, q=0.25))")
        #expect(recipe.evaluate[0].samples == 64)
        #expect(recipe.evaluate[1].evaluators.count == 2)
        #expect(recipe.training.schedule.description == "cosine(warm_up=10)")
        #expect(recipe.training.clip == nil)
        #expect(recipe.checkpoints.keep == 2)
    }

    @Test(arguments: [
        ("training.stesp=1", "did you mean 'steps'?"), ("training.steps=0", "from 1"),
        ("training.steps=abc", "an integer"),
        ("training.steps=1e999", "out of range"), ("training.steps=9223372036854775808", "64 bits"),
        ("training.learning_rate=1", "belongs to the optimizer"), ("training.steps", "expected path=value"),
        ("=1", "expected path=value"), ("training..steps=1", "empty part"), ("evaluate.9.samples=1", "no index"),
        ("seed.x=1", "nothing called 'x'"), ("architecture=Transformer", "kebab-case"),
        ("training.clip=.inf", "finite"),
        ("source=[", "no YAML"), ("training.batch=100000000000", "from 1"), ("checkpoints.every=-5", "from 1"),
    ])
    func wrongSettingsAreRefused(_ setting: String, words: String) {
        let error = #expect(throws: SpecError.self) { try Recipe(yaml: Self.yaml, overrides: [setting]) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("training: {length: 100, batch: 512, stpes: 10, steps: 1}", "line 3, column 37", "did you mean 'steps'?"),
        ("training: {length: 100, batch: 512}", "line 3", "training.steps is missing"),
        ("training: {length: 0, batch: 512, steps: 1}", "line 3, column 20", "training.length"),
        ("training: {length: 10, batch: 512.5, steps: 1}", "line 3, column 31", "training.batch"),
        ("training: {length: 10, batch: 5, steps: 1, shards: 6}", "line 3, column 52", "training.shards"),
        ("training: {length: 1048576, batch: 1048576, steps: 1}", "line 3", "length times training.batch"),
        ("training: {length: 10, batch: 5, steps: 1, clip: 0}", "line 3, column 50", "above 0"),
        ("training: 5", "line 3, column 11", "must be a mapping"),
        (
            "evaluate: [{every: 1, at: [1], evaluators: [a]}]\ntraining: {length: 1, batch: 1, steps: 9}", "line 3",
            "one of every"
        ),
        ("evaluate: [{evaluators: [a]}]\ntraining: {length: 1, batch: 1, steps: 9}", "line 3", "none is there"),
        ("evaluate: [{every: 2}]\ntraining: {length: 1, batch: 1, steps: 9}", "line 3", "evaluators is missing"),
        ("evaluate: [{at: [-1], evaluators: [a]}]\ntraining: {length: 1, batch: 1, steps: 9}", "line 3", "from 0 to"),
        (
            "evaluate: [{every: 2, evaluators: ['a(']}]\ntraining: {length: 1, batch: 1, steps: 9}", "line 3",
            "evaluate.0.evaluators.0"
        ),
        (
            "evaluate: [{every: 2, evaluators: [a], name: training}]\ntraining: {length: 1, batch: 1, steps: 9}",
            "line 3", "choose another name"
        ),
        ("traning: {}", "line 3, column 1", "did you mean 'training'?"),
        ("seed: -1", "line 1", "training is missing"),
        ("a: &x [1]\nb: [*x, *x]", "line 3, column 4", "aliases"),
        ("training: !!map {}", "line 3", "tags"),
        ("training: {length: 1, length: 2}", "line 3", "appears twice"),
        ("seed: 1\nsource: coin\narchitecture: gru", "line", "the keys 'architecture', 'source' appear twice"),
        ("training: {length: 1", "line", "no YAML"),
        ("seed: \(String(repeating: "[", count: 5_000))", "line 3", "nested too deep"),
        ("? [a]\n: 1", "line", "plain words"),
        ("\u{1}", "", "no YAML"),
    ])
    func wrongRecipesAreRefusedWithPlaceAndNearestKey(_ lines: String, place: String, words: String) {
        let error = #expect(throws: SpecError.self) {
            try Recipe(yaml: "source: coin\narchitecture: transformer\n\(lines)\n", file: "r.yaml")
        }
        #expect(error?.description.hasPrefix("r.yaml: \(place)") == true, "\(error?.message ?? "")")
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func errorsInsideASpecShowItsText() {
        let error = #expect(throws: SpecError.self) {
            try Recipe(yaml: "source: coin(p==1)\narchitecture: a\ntraining: {length: 1, batch: 1, steps: 1}")
        }
        #expect(
            error?.description.contains("line 1, column 9: source: expected a value") == true,
            "\(error?.description ?? "")")
        #expect(error?.description.contains("\n  coin(p==1)\n         ^") == true, "\(error?.description ?? "")")
    }

    /// Aliases of aliases would stand for 10^9 values; hidden behind a misleading quote they must not get through either.
    @Test(arguments: ["", "z: it 's\n"])
    func billionLaughsAreRefusedAtOnce(_ opening: String) {
        var yaml = opening + "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for i in 1...9 {
            yaml += "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        yaml += "? *a9\n: 1\n"
        #expect(throws: SpecError.self) { try Recipe(yaml: yaml) }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func deepNestingIsRefused(_ opening: String) {
        #expect(throws: SpecError.self) { try Recipe(yaml: String(repeating: opening, count: 100_000)) }
        #expect(throws: SpecError.self) { try Recipe(yaml: "source: " + String(repeating: opening, count: 150)) }
    }

    @Test func sizeIsBounded() {
        let error = #expect(throws: SpecError.self) {
            try Recipe(yaml: "source: " + String(repeating: "x", count: 2_000_000))
        }
        #expect(error?.message.contains("bytes") == true)
    }

    @Test func emptyDocumentsAndSeveralAreRefused() {
        for text in ["", "# nothing\n", "---\n...\n", "a: 1\n---\nb: 2\n", "just words", "5"] {
            #expect(throws: SpecError.self) { try Recipe(yaml: text) }
        }
    }
}
