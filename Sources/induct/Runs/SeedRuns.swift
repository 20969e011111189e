// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import InductReport

/// One recipe under many seeds, each a run of its own below one directory, carried out side by side.
///
///     DIR/recipe.yaml     the resolved recipe, with the first seed
///     DIR/seeds.json      the seeds, how each ended, and the spread of the last metrics
///     DIR/seed-5/ ...     ordinary runs
///     DIR/figures/        the loss of all seeds together
///
/// A `RunQueue` carries them out.
struct SeedRuns {
    let directory: String
    let recipe: Recipe
    let seeds: [UInt64]

    static func recipeFile(_ directory: String) -> String { directory + "/recipe.yaml" }
    static func seedsFile(_ directory: String) -> String { directory + "/seeds.json" }
    func directory(of seed: UInt64) -> String { "\(directory)/seed-\(seed)" }

    /// Makes the directory of a new campaign.
    ///
    /// - Throws: `LabError` where it holds one already.
    func begin() throws {
        for path in [Self.recipeFile(directory), Self.seedsFile(directory)] where FileKind.exists(path) {
            throw LabError.occupied(
                path: directory, reason: "holds runs already: resume them, or choose another directory")
        }
        try writeRecipe()
        try write([], spread: nil)
    }

    /// Makes the directory of a campaign, or takes up the one that is there and may have had fewer seeds.
    ///
    /// - Throws: `SpecError` where it is one of another recipe.
    func takeUp() throws {
        if FileKind.exists(Self.recipeFile(directory)) {
            let saved = try Recipe(
                yaml: try TextFile.read(Self.recipeFile(directory), limit: 1 << 20), file: Self.recipeFile(directory))
            guard saved.json == recipe.json else {
                throw SpecError(
                    "the runs in \(directory) were started with another recipe: choose another directory, or go on "
                        + "without changes")
            }
        } else {
            try writeRecipe()
        }
    }

    private func writeRecipe() throws {
        try FileSystem.createDirectory(directory)
        try FileSystem.replace(Self.recipeFile(directory), with: Array((recipe.json.indented + "\n").utf8))
    }

    /// The runs, in the order of the seeds.
    ///
    /// `prefix` tells them from those of other campaigns in messages.
    func queued(prefix: String = "") -> [QueuedRun] {
        seeds.map { seed in
            var recipe = recipe
            recipe.seed = seed
            return QueuedRun(
                label: "\(prefix)seed \(seed)", directory: directory(of: seed), recipeFile: Self.recipeFile(directory),
                recipe: recipe)
        }
    }

    /// Writes seeds.json.
    func write(_ endings: [RunEnding], spread: Spread?) throws {
        let json: JSON = [
            "format": .integer(1), "seeds": .array(seeds.map { .integer(Int64($0)) }),
            "runs": .array(endings.map(\.json)), "spread": spread?.json ?? .null,
        ]
        try FileSystem.replace(Self.seedsFile(directory), with: Array((json.indented + "\n").utf8))
    }

    /// The recipe and the seeds of a campaign's directory; nil where there is none.
    ///
    /// - Throws: `CommandError` for files that are not what they should be.
    static func saved(in directory: String) throws -> (recipe: Recipe, seeds: [UInt64])? {
        guard FileKind.isFile(seedsFile(directory)), FileKind.isFile(recipeFile(directory)) else { return nil }
        let recipe = try Recipe(
            yaml: try TextFile.read(recipeFile(directory), limit: 1 << 20), file: recipeFile(directory))
        let json = try TextFile.json(seedsFile(directory), limit: JSON.maximumSize)
        guard json["format"]?.int == 1, let list = json["seeds"]?.array, !list.isEmpty else {
            throw CommandError(
                "\(seedsFile(directory)) is not a list of seeds, or that of another version", code: ExitStatus.badInput)
        }
        let seeds = list.compactMap(\.int).filter { $0 >= 0 }.map { UInt64($0) }
        guard seeds.count == list.count else {
            throw CommandError("\(seedsFile(directory)) holds a seed that is none", code: ExitStatus.badInput)
        }
        return (recipe, seeds)
    }
}
