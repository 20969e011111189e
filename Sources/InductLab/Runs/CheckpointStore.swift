// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The checkpoints of a run: written whole or not at all, verified when they are read.
struct CheckpointStore {
    static let model = "model.safetensors"
    static let optimizer = "optimizer.safetensors"
    static let state = "state.json"

    let paths: RunPaths

    /// A checkpoint that was read and found to be in order.
    struct Loaded {
        var state: CheckpointState
        var model: SafeTensorsFile
        var optimizer: SafeTensorsFile
    }

    /// The steps there are checkpoints of, damaged ones included, the oldest first.
    var steps: [Int] {
        let names = (try? FileSystem.names(in: paths.checkpoints)) ?? []
        return names.compactMap(RunPaths.step).sorted()
    }

    /// Writes a checkpoint beside its place, makes it last, and puts it in place by a rename.
    func write(_ state: CheckpointState, _ parameters: ParameterArena, _ optimizer: Optimizer) throws(LabError) {
        try FileSystem.createDirectory(paths.checkpoints)
        let place = paths.checkpoint(state.step)
        let temporary = paths.checkpoints + "/." + RunPaths.name(state.step) + ".tmp"
        try FileSystem.remove(temporary)
        do throws(LabError) {
            try FileSystem.createDirectory(temporary)
            var state = state
            for (name, entries) in [
                (Self.model, parameters.entries()), (Self.optimizer, optimizer.entries),
            ] {
                let (bytes, sha256) = try SafeTensors.write(entries, to: temporary + "/" + name)
                state.files.append(.init(name: name, bytes: bytes, sha256: sha256))
            }
            let file = try File(temporary + "/" + Self.state, .create)
            try file.write(Array(state.text.utf8))
            try file.synchronize()
            try FileSystem.synchronizeDirectory(temporary)
            if FileSystem.exists(place) { try FileSystem.remove(place) }
            try FileSystem.rename(temporary, to: place)
            try FileSystem.synchronizeDirectory(paths.checkpoints)
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
    }

    /// Removes all but the newest `count` checkpoints, and what unfinished writes left behind.
    func keep(newest count: Int) throws(LabError) {
        for step in steps.dropLast(max(1, count)) { try FileSystem.remove(paths.checkpoint(step)) }
    }

    /// Reads the checkpoint of a step and holds every file against its checksum.
    ///
    /// - Throws: `LabError.damaged`, naming the file.
    func read(_ step: Int) throws(LabError) -> Loaded {
        let place = paths.checkpoint(step)
        guard FileSystem.exists(place) else {
            let known = steps.map(String.init).joined(separator: ", ")
            throw .damaged(
                path: paths.directory,
                reason: "it has no checkpoint of step \(step); it has \(known.isEmpty ? "none" : known)")
        }
        let state = try CheckpointState(path: place + "/" + Self.state)
        guard state.step == step else {
            throw .damaged(path: place, reason: "its state is that of step \(state.step)")
        }
        return Loaded(
            state: state, model: try file(Self.model, place, state), optimizer: try file(Self.optimizer, place, state))
    }

    private func file(_ name: String, _ place: String, _ state: CheckpointState) throws(LabError) -> SafeTensorsFile {
        let path = place + "/" + name
        guard let record = state.files.first(where: { $0.name == name }) else {
            throw .damaged(path: place, reason: "its state does not mention \(name)")
        }
        let bytes = try FileSystem.read(path)
        guard bytes.count == record.bytes else {
            throw .damaged(path: path, reason: "it has \(bytes.count) bytes instead of \(record.bytes)")
        }
        guard Digest.of(bytes) == record.sha256 else { throw .damaged(path: path, reason: "its checksum does not fit") }
        return try SafeTensorsFile(bytes: bytes, path: path)
    }

    /// The newest checkpoint that is in order and that `accepts` takes; `pass` is told of every one passed over.
    func newest(
        where accepts: (CheckpointState) -> Bool = { _ in true }, passing pass: (String) -> Void
    ) -> Loaded? {
        for step in steps.reversed() {
            do throws(LabError) {
                let loaded = try read(step)
                if accepts(loaded.state) { return loaded }
            } catch {
                pass("\(error); the checkpoint before it is used instead")
            }
        }
        return nil
    }
}
