// SPDX-License-Identifier: Apache-2.0

import InductCore
import Testing

@Suite("A recipe's sweep")
struct SweepRecipeTests {
    private static let recipe = """
        seed: 7
        source: coin(p=0.3)
        architecture: transformer(layers=1, width=8, heads=1)
        training: {length: 6, batch: 8, steps: 12}
        evaluate: [{at: [], evaluators: [position-loss], source: {p: 0.5}}]
        sweep:
          seeds: 2
          grid:
            source.p: [0.2, 0.4]
            size:
              - {label: 1, architecture.width: 8, training.steps: 10}
              - {label: 2, architecture.width: 16, training.steps: 20}
          scales:
            smoke: {seeds: 1, grid: {source.p: [0.2]}, set: {training.batch: 4}}
          figures: [{name: loss-by-size, metrics: mean_loss, x: size, y: loss, lines: [p], theory: switch}]
          claims:
            - {claim: larger is better, value: {metric: mean_loss, p: 0.2, size: 1}, minus: {size: 2}, at_least: 0.1}
        """

    private func sweep(
        _ yaml: String = Self.recipe, scale: String? = nil, set: [String] = [], grid: [String] = [], seeds: Int? = nil
    ) throws -> SweepRecipe {
        try SweepRecipe(
            yaml: yaml, file: "recipe.yaml", scale: scale, overrides: set,
            axes: try grid.map { try Sweep.Axis(option: $0) }, seeds: seeds)
    }

    /// What a wrong recipe is refused with.
    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "it was not refused"
        } catch {
            return "\(error)"
        }
    }

    @Test func everyPointChangesWhatWasWritten() throws {
        let sweep = try sweep()
        #expect(sweep.sweep.points.count == 4)
        #expect(sweep.sweep.seeds == 2)
        #expect(sweep.sweep.figures.first?.y == "loss")
        #expect(sweep.sweep.figures.first?.theory == .switchPoints)
        let last = try #require(sweep.sweep.points.last)
        #expect(sweep.sweep.title(of: last) == "p=0.4, size=2")
        let recipe = try sweep.recipe(at: last)
        #expect(recipe.source.description == "coin(p=0.4)")
        #expect(recipe.architecture.description == "transformer(layers=1, width=16, heads=1)")
        #expect(recipe.training.steps == 20)
        #expect(recipe.seed == 7)
    }

    @Test func anEvaluationStatesItsDifferencesFromTheSource() throws {
        let sweep = try sweep(set: ["source=flip-noise(coin(p=0.3), p=0.1)"], grid: [])
        let recipe = try sweep.recipe(at: Sweep.Point([1, 0]))
        #expect(recipe.source.description == "flip-noise(coin(p=0.3), p=0.4)")
        #expect(recipe.evaluate[0].source?.description == "flip-noise(coin(p=0.3), p=0.5)")
    }

    @Test func aScaleTakesThePlaceOfAxesSeedsAndSettings() throws {
        let smoke = try sweep(scale: "smoke")
        #expect(smoke.sweep.points.count == 2)
        #expect(smoke.sweep.seeds == 1)
        #expect(try smoke.recipe(at: Sweep.Point([0, 0])).training.batch == 4)
        #expect(try sweep(scale: "paper").sweep == sweep().sweep)
        #expect(refusal { _ = try sweep(scale: "smok") }.contains("did you mean 'smoke'?"))
    }

    @Test func optionsTakeThePlaceOfAxesOrComeBehindThem() throws {
        let sweep = try sweep(grid: ["source.p=[0.1]", "training.batch=[2,3]"], seeds: 5)
        #expect(sweep.sweep.axes.map(\.name) == ["source.p", "size", "training.batch"])
        #expect(sweep.sweep.pointCount == 4)
        #expect(sweep.sweep.seeds == 5)
    }

    @Test func namesOfDirectoriesAreShortAndNeverShared() throws {
        let sweep = try sweep(grid: [
            "size=[{training.steps: 5}]", "architecture=['transformer(layers=1)', 'transformer(layers= 1)']",
        ])
        let names = sweep.sweep.points.map(sweep.sweep.directoryName)
        #expect(Set(names).count == 4)
        for name in names { #expect(!name.contains("/") && !name.contains("(") && name.utf8.count <= 160, "\(name)") }
        #expect(try self.sweep().sweep.directoryName(of: Sweep.Point([0, 1])) == "p=0.2,size=2")
    }

    @Test(
        "names what is wrong with a grid, and the nearest that is right",
        arguments: [
            ("sorce.p=[1]", "unknown key sorce.p; did you mean 'source.p'?"),
            ("architecture.width=8", "must be a list of values"),
            ("source.p=[0.1,0.1]", "has the value 0.1 twice"),
            ("seed=[1,2]", "'seed' cannot name an axis"),
            ("training.seps=[1]", "unknown key training.seps; did you mean 'steps'?"),
            ("training.batch=[0]", "training.batch must be an integer from 1"),
            ("training.steps=[1,2]", "the axes size and training.steps of the grid both set training.steps"),
            ("size=[{architecture.width: 8}, 3]", "mappings such as"),
            ("nothing", "expected path=[values]"),
            ("training.batch=[1,2", "--grid training.batch=[1,2: this is no YAML"),
        ])
    func wrongGrids(option: String, message: String) {
        #expect(
            refusal { _ = try sweep(grid: [option]) }.contains(message), "\(refusal { _ = try sweep(grid: [option]) })")
    }

    @Test func settingWhatTheGridSetsIsRefused() {
        #expect(refusal { _ = try sweep(set: ["source.p=0.9"]) }.contains("--grid source.p=[...]"))
    }

    @Test(
        "names what is wrong with figures and claims",
        arguments: [
            ("x: size", "x: sise", "sweep.figures.0.x: the grid has no axis 'sise'; did you mean 'size'?"),
            ("theory: switch", "theory: swich", "sweep.figures.0.theory: there is no theory 'swich'; did you mean"),
            ("theory: switch", "theory: bayes", "there is no theory 'bayes'; it can be switch"),
            ("x: size", "x: step", "sweep.figures.0.theory needs an axis of the grid as x, not step"),
            ("lines: [p]", "line: [p]", "unknown key sweep.figures.0.line; did you mean 'lines'?"),
            ("size: 1}, minus", "size: 3}, minus", "sweep.claims.0.value.size: no grid of this recipe has 3 there"),
            ("at_least: 0.1", "at_lest: 0.1", "did you mean 'at_least'?"),
            ("minus: {size: 2}", "minus: {sze: 2}", "sweep.claims.0.minus: the grid has no axis 'sze'"),
            ("seeds: 2", "seeds: 0", "sweep.seeds must be an integer from 1"),
            ("smoke: {seeds: 1,", "smoke: {seds: 1,", "unknown key sweep.scales.smoke.seds; did you mean 'seeds'?"),
        ])
    func wrongSections(text: String, change: String, message: String) {
        let yaml = Self.recipe.replacing(text, with: change)
        #expect(yaml != Self.recipe)
        let found = refusal { _ = try sweep(yaml) }
        #expect(found.contains(message) && found.hasPrefix("recipe.yaml: line "), "\(found)")
        // A lone run of the recipe is refused for the same reason.
        #expect(refusal { _ = try Recipe(yaml: yaml) }.contains(message))
    }

    @Test func aLoneRunIsTheRecipeWithoutItsSweep() throws {
        let recipe = try Recipe(yaml: Self.recipe)
        #expect(recipe.source.description == "coin(p=0.3)")
        #expect(try Recipe(json: recipe.json) == recipe)
    }
}
