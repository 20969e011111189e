// SPDX-License-Identifier: Apache-2.0

internal import Glibc
import InductCore

/// Parameters that a run starts from in place of those drawn from its seed.
///
/// They come from a run (its newest checkpoint in order), a checkpoint's directory, or a safetensors file. Names, shapes and
/// types must be those of the model, no more and no fewer, and every number finite.
struct InitialParameters {
    /// The file, absolute.
    let path: String
    private let file: SafeTensorsFile

    var sha256: String { file.sha256 }

    /// Reads the file that `place` means, which holds the parameters of `layout`.
    ///
    /// - Throws: `LabError.damaged` for a place that holds no parameters, and a file that is not in order or far too large.
    init(_ place: String, layout: ParameterLayout) throws(LabError) {
        let path = try Self.file(of: place)
        self.path = Self.absolute(path)
        let header = SafeTensors.longestHeader + 8
        file = try SafeTensorsFile(
            bytes: try FileSystem.read(path, limit: header + layout.count * MemoryLayout<Double>.stride), path: path)
    }

    /// The safetensors file that a run's directory, a checkpoint's directory or a file means.
    private static func file(of place: String) throws(LabError) -> String {
        guard FileSystem.exists(place) else {
            throw .damaged(path: place, reason: "there is nothing of that name to take parameters from")
        }
        guard FileSystem.isDirectory(place) else { return place }
        let inside = place + "/" + CheckpointStore.model
        if FileSystem.exists(inside) { return inside }
        let paths = RunPaths(place)
        let store = CheckpointStore(paths: paths)
        guard FileSystem.exists(paths.run), let newest = store.newest(passing: { _ in }) else {
            throw .damaged(
                path: place,
                reason: "it is neither a run with a checkpoint in order nor a directory with a \(CheckpointStore.model)"
            )
        }
        return newest.model.path
    }

    private static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Puts them in place of an arena's.
    ///
    /// - Throws: as `check`.
    func load(into arena: ParameterArena) throws(LabError) {
        try check(arena.layout)
        try arena.load(file)
    }

    /// Holds them to a model's parameters.
    ///
    /// - Throws: `LabError.damaged`, naming the first tensor that does not fit, with the expected and the found shape.
    func check(_ layout: ParameterLayout) throws(LabError) {
        let names = file.entries.map(\.name)
        for parameter in layout.parameters {
            guard let entry = file.entry(parameter.name) else {
                throw damaged(
                    "it has no tensor '\(parameter.name)', which the model has with the shape \(parameter.shape)"
                        + suggestion(for: parameter.name, among: names))
            }
            guard entry.shape == parameter.shape, entry.type == .float32 else {
                throw damaged(
                    "its tensor '\(entry.name)' is \(entry.type.rawValue) of shape \(entry.shape), and the model's is "
                        + "float32 of shape \(parameter.shape)")
            }
            try file.checkFinite(entry)
        }
        let known = Set(layout.parameters.map(\.name))
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw damaged(
                "its tensor '\(stranger)' is no parameter of the model\(suggestion(for: stranger, among: Array(known)))"
            )
        }
    }

    private func damaged(_ reason: String) -> LabError { .damaged(path: file.path, reason: reason) }
}
