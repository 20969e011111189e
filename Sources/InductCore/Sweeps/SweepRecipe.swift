// SPDX-License-Identifier: Apache-2.0

/// A recipe to be run at every point of a grid.
///
/// It keeps the recipe's document and not the resolved recipe: a point changes what was written, and what follows from it
/// (the source of an evaluation that states only its differences) follows the change.
package struct SweepRecipe: Sendable {
    /// Without the key `sweep`.
    private let base: DocumentValue
    package let sweep: Sweep
    private let file: String?

    /// Reads a recipe at a scale.
    ///
    /// `overrides` are as for a lone run; `axes` take the place of the recipe's with their names, or come behind; `seeds`
    /// replaces the recipe's.
    ///
    /// - Throws: `SpecError` for whatever is wrong in the recipe or at any point of its grid.
    package init(
        yaml: String, file: String? = nil, scale: String? = nil, overrides: [String] = [], axes: [Sweep.Axis] = [],
        seeds: Int? = nil
    ) throws(SpecError) {
        do throws(SpecError) {
            var document = try DocumentValue(yaml: yaml)
            guard let entries = document.entries else {
                throw document.wrong("a recipe must be a mapping, not \(document.kind)")
            }
            let section = document["sweep"]
            var (sweep, settings) = try Sweep.read(section ?? DocumentValue(.mapping([]), at: nil), scale: scale)
            document.content = .mapping(entries.filter { $0.key != "sweep" })
            for setting in settings { try document.set(setting.path, to: setting.value) }
            try document.apply(overrides: overrides)
            for axis in axes { sweep.replace(axis) }
            if let seeds { sweep.seeds = seeds }
            try Self.check(sweep, overrides: overrides)
            self.sweep = sweep
            self.base = document
            self.file = file
            for point in sweep.points { _ = try recipe(at: point) }
        } catch {
            var error = error
            error.file = error.file ?? file
            throw error
        }
    }

    private static func check(_ sweep: Sweep, overrides: [String]) throws(SpecError) {
        let paths = sweep.axes.flatMap { axis in
            Set(axis.values.flatMap(\.settings).map(\.path)).sorted().map { (axis: axis.name, path: $0) }
        }
        for (i, one) in paths.enumerated() {
            if let other = paths[..<i].first(where: { $0.path == one.path }) {
                throw SpecError("the axes \(other.axis) and \(one.axis) of the grid both set \(one.path)")
            }
            if overrides.contains(where: { $0.hasPrefix(one.path + "=") }) {
                throw SpecError(
                    "--set \(one.path) would be without effect: the grid sets it at every point; change the grid, as in "
                        + "--grid \(one.axis)=[...]")
            }
        }
        guard sweep.pointCount <= Sweep.limit / sweep.seeds else {
            throw SpecError(
                "the grid has \(sweep.pointCount == .max ? "too many" : "\(sweep.pointCount)") points for \(sweep.seeds) "
                    + "seeds each: at most \(Sweep.limit) runs make one sweep")
        }
    }

    /// The recipe of a point, with its first seed.
    ///
    /// - Throws: `SpecError` that names the point.
    package func recipe(at point: Sweep.Point) throws(SpecError) -> Recipe {
        do {
            var document = base
            for (axis, index) in zip(sweep.axes, point.indices) {
                for setting in axis.values[index].settings { try document.set(setting.path, to: setting.value) }
            }
            return try Recipe(document)
        } catch {
            guard !sweep.axes.isEmpty else { throw error }
            var error = error
            error.message = "at the point \(sweep.title(of: point)): \(error.message)"
            throw error
        }
    }
}
