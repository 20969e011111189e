// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab
import InductReport

/// A grid of recipes, each under many seeds, below one directory.
///
///     DIR/recipe.yaml               the recipe as it was written
///     DIR/sweep.json                what was asked for, how each run ended, the metrics of each point
///     DIR/sigma=0.2,width=32/       a point: a campaign of seeds as `induct run --seeds` makes it
///     DIR/sigma=0.2,width=32/seed-1/ ...
///     DIR/figures/
///
/// A point's directory is named after its values: a sweep that is begun again, with more values or more seeds, finds what
/// is finished.
struct SweepRuns {
    let directory: String
    let request: SweepRequest
    let recipe: SweepRecipe
    let points: [(point: Sweep.Point, runs: SeedRuns)]

    /// - Throws: `SpecError`.
    init(_ request: SweepRequest, directory: String) throws {
        let recipe = try request.recipe()
        self.request = request
        self.recipe = recipe
        self.directory = directory
        points = try recipe.sweep.points.map { point in
            let first = try recipe.recipe(at: point)
            return (
                point,
                SeedRuns(
                    directory: "\(directory)/\(recipe.sweep.directoryName(of: point))", recipe: first,
                    seeds: try first.seeds(recipe.sweep.seeds))
            )
        }
    }

    /// The sweep in a directory; nil where there is none.
    static func open(_ directory: String) throws -> SweepRuns? {
        try SweepRequest.saved(in: directory).map { try SweepRuns($0, directory: directory) }
    }

    /// All runs, the seeds moving fastest.
    var queued: [QueuedRun] {
        points.flatMap { point, runs in
            let title = recipe.sweep.title(of: point)
            return runs.queued(prefix: title.isEmpty ? "" : title + ", ")
        }
    }

    /// A few points that together have every value of every axis.
    var representatives: [(point: Sweep.Point, recipe: Recipe)] {
        let most = recipe.sweep.axes.map(\.values.count).max() ?? 1
        return (0..<most).compactMap { index in
            let wanted = Sweep.Point(recipe.sweep.axes.map { min(index, $0.values.count - 1) })
            return points.first { $0.point == wanted }.map { ($0.point, $0.runs.recipe) }
        }
    }

    /// Makes the directories, or takes up those that are there.
    ///
    /// - Throws: `SpecError` where runs of another recipe lie.
    func begin() throws {
        try FileSystem.createDirectory(directory)
        for (_, runs) in points { try runs.takeUp() }
        try FileSystem.replace(SweepRequest.recipeFile(directory), with: Array(request.yaml.utf8))
        try write([], status: "running")
    }

    /// The finished runs; what is not is left out.
    func table() throws -> SweepTable {
        let points = try points.map { point, runs in
            SweepTable.Point(
                point, directory: runs.directory,
                runs: try runs.queued().filter(\.isFinished).map {
                    try InductReport.RunRecord(directory: $0.directory, holdsTraining: false)
                })
        }
        return SweepTable(recipe.sweep, name: request.name, points: points)
    }

    /// The result as one JSON value.
    func json(_ endings: [RunEnding], status: String, table: SweepTable? = nil) -> JSON {
        let results = table?.json
        return .object(
            [.init(key: "format", value: 1), .init(key: "directory", value: .string(directory))] + request.members + [
                .init(key: "status", value: .string(status)),
                .init(key: "runs", value: .array(endings.map(\.json))),
                .init(key: "axes", value: results?["axes"] ?? .array([])),
                .init(key: "points", value: results?["points"] ?? .array([])),
            ])
    }

    /// Writes sweep.json.
    func write(_ endings: [RunEnding], status: String, table: SweepTable? = nil) throws {
        let json = json(endings, status: status, table: table)
        try FileSystem.replace(SweepRequest.sweepFile(directory), with: Array((json.indented + "\n").utf8))
    }
}
