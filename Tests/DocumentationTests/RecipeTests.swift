// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// This repository, as a reader of its documentation has it.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Files below a directory with this ending, as paths from the root.
    static func files(in directory: String, ending: String) -> [String] {
        let top = root.appending(path: directory)
        let names = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().map { directory + "/" + $0 }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

@Suite("The recipes in Experiments")
struct RecipeTests {
    @Test(
        "can be read, and say the same when written and read again",
        arguments: Checkout.files(in: "Experiments", ending: ".yaml"))
    func canBeRead(path: String) throws {
        let recipe = try Recipe(yaml: try Checkout.text(path), file: path, overrides: [])
        #expect(recipe.training.steps > 0)
        #expect(!recipe.evaluate.isEmpty)
        #expect(try Recipe(json: recipe.json) == recipe)
    }

    @Test(
        "say at every scale what every point of their grid is",
        arguments: Checkout.files(in: "Experiments", ending: ".yaml"), ["smoke", "paper"])
    func gridCanBeRead(path: String, scale: String) throws {
        let yaml = try Checkout.text(path)
        guard try DocumentValue(yaml: yaml)["sweep"] != nil else { return }
        let recipe = try SweepRecipe(yaml: yaml, file: path, scale: scale)
        #expect(recipe.sweep.points.count > 1)
        #expect(!recipe.sweep.figures.isEmpty)
        let names = recipe.sweep.points.map(recipe.sweep.directoryName)
        #expect(Set(names).count == names.count)
    }

    @Test("hold the demonstration to its settings")
    func demonstration() throws {
        let recipe = try Recipe(
            yaml: try Checkout.text("Experiments/s1/induction.yaml"), file: "induction.yaml", overrides: [])
        #expect(recipe.source.description == "with-bos(dursley-wonka(p=0.4, q=0.25))")
        #expect(recipe.training.length == 100)
        #expect(recipe.training.batch == 512)
        #expect(recipe.training.steps == 500)
        #expect(recipe.evaluate.contains { $0.samples >= 4_096 && $0.evaluators.contains { $0.name == "oracle-gap" } })
        #expect(recipe.evaluate.contains { $0.when == .every(5) && $0.evaluators.contains { $0.name == "label-loss" } })
    }
}
