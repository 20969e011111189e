// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductLab

/// What a sweep was asked for: a recipe as it was written, and what the command line changed in it.
struct SweepRequest {
    /// Names its directory and figures.
    var name: String
    var yaml: String
    /// For messages.
    var file: String?
    var scale: String?
    /// As for `--set`.
    var settings: [String] = []
    /// As for `--grid`.
    var grid: [String] = []
    var seeds: Int?

    /// - Throws: `SpecError`.
    func recipe() throws -> SweepRecipe {
        try SweepRecipe(
            yaml: yaml, file: file, scale: scale, overrides: settings,
            axes: try grid.map { try Sweep.Axis(option: $0) },
            seeds: seeds)
    }

    /// Whether the recipe has a grid of its own.
    var hasSweep: Bool {
        get throws { try DocumentValue(yaml: yaml)["sweep"] != nil }
    }

    static func recipeFile(_ directory: String) -> String { directory + "/recipe.yaml" }
    static func sweepFile(_ directory: String) -> String { directory + "/sweep.json" }

    /// What goes into sweep.json beside the results.
    var members: [JSON.Member] {
        [
            .init(key: "name", value: .string(name)), .init(key: "scale", value: .optional(scale)),
            .init(key: "set", value: .array(settings.map { .string($0) })),
            .init(key: "grid", value: .array(grid.map { .string($0) })),
            .init(key: "seeds", value: seeds.map { .integer(Int64($0)) } ?? .null),
        ]
    }

    /// The request of a sweep's directory; nil where there is none.
    ///
    /// - Throws: `CommandError` for files that are not what they should be.
    static func saved(in directory: String) throws -> SweepRequest? {
        guard FileKind.isFile(sweepFile(directory)), FileKind.isFile(recipeFile(directory)) else { return nil }
        let json = try TextFile.json(sweepFile(directory), limit: JSON.maximumSize)
        func texts(_ key: String) -> [String]? {
            guard let list = json[key]?.array else { return nil }
            let texts = list.compactMap(\.string)
            return texts.count == list.count ? texts : nil
        }
        guard json["format"]?.int == 1, let name = json["name"]?.string, let settings = texts("set"),
            let grid = texts("grid")
        else {
            throw CommandError(
                "\(sweepFile(directory)) is not the record of a sweep, or that of another version",
                code: ExitStatus.badInput)
        }
        return SweepRequest(
            name: name, yaml: try TextFile.read(recipeFile(directory), limit: 1 << 20), file: recipeFile(directory),
            scale: json["scale"]?.string, settings: settings, grid: grid, seeds: json["seeds"]?.int)
    }
}
