// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductLab

/// `induct export RUN`: a trained model for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a trained model for other programs.",
        discussion: """
            safetensors and npz hold the parameters under our names; huggingface is a directory that transformers loads as \
            GPT-2 or Llama, where the model is one:
              induct export runs/mine --to huggingface --output mine-hf
            """)

    /// What can be written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case huggingface
        case safetensors
        case npz
    }

    @Argument(help: ArgumentHelp("The run's directory.", valueName: "run"))
    var directory: String

    @Option(help: "What to write: huggingface, safetensors or npz.")
    var to: Format

    @Option(
        name: .shortAndLong,
        help: "A directory that does not exist yet or is empty; for npz and safetensors also a file of that ending.")
    var output: String

    @Option(help: "The checkpoint's step; by default the newest.")
    var checkpoint: Int?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let host = try common.host()
        let model = try Run.open(directory).model(
            checkpoint: checkpoint, opener: host, kernels: host.kernels, threads: 1,
            warn: { StandardError.write("induct: warning: \($0)\n") })
        let (files, architecture) = try write(model)
        switch common.format {
        case .json:
            try StandardOutput.write([
                "run": .string(directory), "step": .integer(Int64(model.step)), "format": .string(to.rawValue),
                "architecture": .optional(architecture), "files": .array(files.map { .string($0) }),
            ])
        case .text:
            let kind = architecture.map { " as \($0)" } ?? ""
            try StandardOutput.write("step \(model.step)\(kind):\n" + files.map { "  \($0)\n" }.joined())
        }
    }

    /// The files written, and the architecture they are in.
    private func write(_ model: TrainedModel) throws -> (files: [String], architecture: String?) {
        switch to {
        case .huggingface:
            guard let transformer = ExportedTransformer(model) else {
                throw UsageError(
                    "only a transformer can be exported for Hugging Face, and this is \(model.recipe.architecture); "
                        + "export it with --to safetensors or --to npz")
            }
            let format = try HuggingFace.format(of: transformer)
            let tensors = try format.tensors(transformer)
            let files = [try place("config.json"), try place("model.safetensors")]
            try FileSystem.replace(files[0], with: Array((format.configuration(transformer).indented + "\n").utf8))
            try Self.write(tensors, safetensors: files[1])
            return (files, format.name)
        case .safetensors:
            let file = try place("model.safetensors")
            try Self.write(model.tensors, safetensors: file)
            return ([file], nil)
        case .npz:
            let file = try place("model.npz")
            var archive = ZipArchive()
            for tensor in model.tensors {
                let bytes = tensor.values.withUnsafeBytes { Array($0) }
                let array = SampleArray(name: tensor.name, type: .float32, shape: tensor.shape, bytes: bytes)
                try archive.append(name: tensor.name + ".npy", array.npyHeader + array.bytes)
            }
            try FileSystem.replace(file, with: archive.finish())
            return ([file], nil)
        }
    }

    /// Where a file goes: below the output, or the output itself where that names a file.
    private func place(_ name: String) throws -> String {
        var path = "\(output)/\(name)"
        if to != .huggingface, output.hasSuffix(".\(to.rawValue)") {
            path = output
        } else {
            try FileSystem.createDirectory(output)
        }
        guard !FileKind.exists(path) else {
            throw LabError.occupied(path: path, reason: "is there already: choose another --output")
        }
        return path
    }

    private static func write(_ tensors: [ExportedTensor], safetensors path: String) throws {
        let held = tensors.map { tensor in
            let memory = Tensor(.float32, tensor.shape)
            for (index, value) in tensor.values.enumerated() { memory.floats[index] = value }
            return memory
        }
        let entries = zip(tensors, held).map { tensor, memory in
            SafeTensors.Entry(
                name: tensor.name, type: .float32, shape: tensor.shape,
                bytes: UnsafeRawBufferPointer(start: memory.data, count: memory.count * MemoryLayout<Float>.stride))
        }
        // The format's readers in Python want to be told that the layout is PyTorch's.
        try SafeTensors.replace(path, with: entries, metadata: [.init(key: "format", value: "pt")])
        withExtendedLifetime(held) {}
    }
}
