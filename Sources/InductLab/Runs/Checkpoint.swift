// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What a checkpoint holds besides parameters and the optimiser's memory.
struct CheckpointState: Equatable {
    static let format = 1

    var step: Int
    /// Bytes of metrics.jsonl that belong to it.
    var metricsBytes: Int
    /// The unfinished block of training losses.
    var lossSum: Double
    var lossCount: Int
    /// False when the run was stopped before the evaluations of this step were done.
    var isEvaluated: Bool
    /// False when an evaluator had seen training batches that no metric tells of: a resumed run cannot begin here.
    var isResumable: Bool
    var files: [FileRecord]

    /// Size and checksum of a file of the checkpoint.
    struct FileRecord: Equatable {
        var name: String
        var bytes: Int
        var sha256: String
    }

    /// The file's text, ending with a checksum of all before it.
    var text: String {
        let json: JSON = .object(members)
        let checksum = JSON.Member(key: "checksum", value: .string(Digest.of(Array(json.text.utf8))))
        return JSON.object(members + [checksum]).text + "\n"
    }

    private var members: [JSON.Member] {
        let files = files.map { file in
            JSON.Member(
                key: file.name, value: ["bytes": .integer(Int64(file.bytes)), "sha256": .string(file.sha256)])
        }
        return [
            .init(key: "format", value: .integer(Int64(Self.format))),
            .init(key: "step", value: .integer(Int64(step))),
            .init(key: "metrics_bytes", value: .integer(Int64(metricsBytes))),
            .init(key: "loss_sum", value: .number(lossSum)),
            .init(key: "loss_count", value: .integer(Int64(lossCount))),
            .init(key: "evaluated", value: .bool(isEvaluated)), .init(key: "resumable", value: .bool(isResumable)),
            .init(key: "files", value: .object(files)),
        ]
    }

    init(
        step: Int, metricsBytes: Int, lossSum: Double, lossCount: Int, isEvaluated: Bool, isResumable: Bool,
        files: [FileRecord] = []
    ) {
        self.step = step
        self.metricsBytes = metricsBytes
        self.lossSum = lossSum
        self.lossCount = lossCount
        self.isEvaluated = isEvaluated
        self.isResumable = isResumable
        self.files = files
    }

    /// Reads a state.json and holds it against its checksum.
    ///
    /// - Throws: `LabError.damaged`.
    init(path: String) throws(LabError) {
        let bytes = try FileSystem.read(path, limit: 1 << 20)
        func damaged(_ reason: String) -> LabError { .damaged(path: path, reason: reason) }
        guard let text = String(validating: bytes, as: UTF8.self), let json = try? JSON(parsing: text),
            var members = json.members, members.last?.key == "checksum", let checksum = members.popLast()?.value.string
        else { throw damaged("it is not what a checkpoint's state looks like") }
        guard Digest.of(Array(JSON.object(members).text.utf8)) == checksum else {
            throw damaged("its checksum does not fit")
        }
        guard json["format"]?.int == Self.format else {
            throw damaged("it has another format than \(Self.format): it was written by another version")
        }
        guard let step = json["step"]?.int, let metricsBytes = json["metrics_bytes"]?.int,
            let lossSum = json["loss_sum"]?.double, let lossCount = json["loss_count"]?.int,
            let isEvaluated = json["evaluated"]?.bool, let isResumable = json["resumable"]?.bool,
            let files = json["files"]?.members
        else { throw damaged("a member is missing") }
        self.init(
            step: step, metricsBytes: metricsBytes, lossSum: lossSum, lossCount: lossCount, isEvaluated: isEvaluated,
            isResumable: isResumable)
        for file in files {
            guard let size = file.value["bytes"]?.int, let sha256 = file.value["sha256"]?.string else {
                throw damaged("the checksum of \(file.key) is missing")
            }
            self.files.append(FileRecord(name: file.key, bytes: size, sha256: sha256))
        }
    }
}
