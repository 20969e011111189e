// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import InductCore
import InductHost
import InductLab

/// `ParityDump --source SPEC --architecture SPEC OUTPUT`: one model's numbers, for another implementation to check.
///
/// The file holds, as safetensors:
///
///     parameters.NAME     before the first step
///     batches.S.NAME      what step S was trained on, S from 1; tokens are [batch, length + 1]
///     logits              [batch, positions, classes], of the first batch, with its dropout; of one architecture alone
///     loss                [1], float64: the mean over the predicted positions; as logits
///     gradients.NAME      d loss / d parameter, unless frozen; as logits
///     losses              [steps], float64: of the steps, each before its update
///     trained.NAME        after the last step
@main
struct ParityDump: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ParityDump", abstract: "Write a model's parameters, batches, logits, gradients and losses.")

    @Argument(help: "The safetensors file to write; it must not exist.")
    var output: String

    @Option(help: "What to train on; its first view must be endless. Or examples=ITEMSxFEATURESxCLASSES.")
    var source: String

    @Option(help: "The model.")
    var architecture: String

    @Option(help: "Predicted positions.")
    var length = 16

    @Option(help: "Samples of a step.")
    var batch = 8

    @Option(help: "Steps of the optimiser.")
    var steps = 10

    @Option(help: "The optimiser.")
    var optimizer = "adam(learning_rate=1e-3)"

    @Option(help: "Of the run.")
    var seed: UInt64 = 1

    @Option(help: "Shards of a batch.")
    var shards = 3

    @Option(help: "The kernels; the default is the best.")
    var kernels: String?

    /// Deviation of the normals added to every parameter, so that none is zero and none is equal to another.
    private var spread: Float { 0.1 }

    func run() throws {
        let directory = try Self.directory()
        let host = try PluginHost(
            HostOptions(executableDirectory: directory, kernels: kernels, describer: directory + "/induct"))
        let examples = "examples="
        let source: any Source =
            source.hasPrefix(examples)
            ? try ExampleSource(parsing: String(source.dropFirst(examples.count)))
            : try host.source(PluginSpec(parsing: source))
        let model = try ModelBuilder(opener: host).build(
            PluginSpec(parsing: architecture), source: source, length: length)
        let training = Recipe.Training(
            length: length, batch: batch, steps: steps, shards: shards, optimizer: try PluginSpec(parsing: optimizer),
            schedule: try PluginSpec(parsing: "constant"))
        let trainer = try Trainer(
            model: model, source: source, training: training, seed: seed, kernels: host.kernels,
            pool: WorkerPool(threads: 2))
        for (index, parameter) in model.parameters.enumerated() where parameter.isTrained {
            let noise = Tensor(.float32, [parameter.count])
            host.kernels.normals(
                seed: seed, purpose: 1, index: UInt64(index), count: parameter.count,
                noise.data.assumingMemoryBound(to: Float.self))
            for i in 0..<parameter.count { trainer.parameters[index][i] += spread * noise.floats[i] }
        }

        var file = DumpFile()
        for (index, parameter) in model.parameters.enumerated() {
            file.add("parameters.\(parameter.name)", copying: trainer.parameters[index], parameter.shape)
        }
        let values = try fill(1, source, &file)
        if case .leaf(let leaf) = model.root, leaf.architecture.output == .logits {
            let first = try pass(1, leaf, values, model, trainer, host.kernels)
            file.add("logits", first.logits)
            let loss = Tensor(.float64, [1])
            loss.doubles[0] = first.loss
            file.add("loss", loss)
            for (parameter, gradient) in zip(model.parameters, first.gradients) {
                if let gradient { file.add("gradients.\(parameter.name)", gradient) }
            }
        }
        let losses = Tensor(.float64, [steps])
        for step in 0..<steps {
            if step > 0 { _ = try fill(step + 1, source, &file) }
            losses.doubles[step] = try trainer.advance()
        }
        file.add("losses", losses)
        for (index, parameter) in model.parameters.enumerated() {
            file.add("trained.\(parameter.name)", copying: trainer.parameters[index], parameter.shape)
        }
        try file.write(to: output)
    }

    /// What the trainer is given at this step: the batch's samples of the view `train`, one batch after the other.
    private func fill(_ step: Int, _ source: any Source, _ file: inout DumpFile) throws -> Batch {
        let values = Batch(schema: source.schema, count: batch, length: source.schema.sourceLength(for: length))
        try source.fill(
            values, rows: 0..<batch, view: 0, seed: Seed.derive(seed, Seed.dataSalt), first: UInt64((step - 1) * batch))
        for (description, tensor) in zip(source.schema.tensors, values.tensors) {
            if let tensor { file.add("batches.\(step).\(description.name)", tensor) }
        }
        return values
    }

    private struct First {
        var logits: Tensor
        var loss: Double
        var gradients: [Tensor?]
    }

    /// A forward and a backward pass over one batch in one piece.
    private func pass(
        _ step: Int, _ leaf: ModelLeaf, _ values: Batch, _ model: Model, _ trainer: Trainer,
        _ kernels: any TrainingKernels
    ) throws -> First {
        let (inputs, targets) = try split(values, model.schema)
        let positions = model.positions(length: length)
        let logits = Tensor(.float32, [batch, positions, model.width])
        let gradient = Tensor(.float32, logits.shape)
        let losses = Tensor(.float32, [batch, positions])
        let size = leaf.architecture.workspaceSize(mode: .train, count: batch, length: length)
        let workspace = Tensor(.float32, [size / 4 + 1])
        let gradients = model.parameters.map { $0.isTrained ? Tensor(.float32, $0.shape) : nil }
        var pass = Pass()
        pass.mode = .train
        pass.step = UInt64(step)
        pass.seed = Seed.derive(seed, Seed.dropoutSalt)
        pass.count = batch
        pass.length = length
        pass.tensors = inputs.map { $0?.slice }
        pass.parameters = trainer.parameters.pointers.map { UnsafePointer($0) }
        pass.gradients = gradients.map { $0?.data.assumingMemoryBound(to: Float.self) }
        pass.workspace = workspace.data
        pass.workspaceSize = size
        pass.outputs = logits.data.assumingMemoryBound(to: Float.self)
        pass.outputGradients = UnsafePointer(gradient.data.assumingMemoryBound(to: Float.self))
        try leaf.architecture.forward(pass)
        kernels.crossEntropy(
            rows: batch * positions, classes: model.width,
            logits: UnsafePointer(logits.data.assumingMemoryBound(to: Float.self)),
            targets: UnsafePointer(targets.data.assumingMemoryBound(to: Int32.self)), weights: nil,
            scale: 1 / Float(batch * positions), losses: losses.data.assumingMemoryBound(to: Float.self),
            logProbabilities: nil, gradients: gradient.data.assumingMemoryBound(to: Float.self))
        try leaf.architecture.backward(pass)
        let loss = losses.floats.reduce(0) { $0 + Double($1) } / Double(losses.count)
        return withExtendedLifetime((inputs, workspace)) { First(logits: logits, loss: loss, gradients: gradients) }
    }

    /// The model's inputs in its schema's order, and its targets.
    private func split(_ values: Batch, _ schema: Schema) throws -> ([Tensor?], Tensor) {
        guard schema.task == .nextToken, let tokens = values["tokens"] else {
            guard let targets = values["targets"] else { throw SpecError("\(source) has no targets") }
            return (zip(schema.tensors, values.tensors).map { $0.role == .input ? $1 : nil }, targets)
        }
        let (inputs, targets) = (Tensor(.int32, [batch, length]), Tensor(.int32, [batch, length]))
        for row in 0..<batch {
            for position in 0..<length {
                inputs.integers[row * length + position] = tokens.integers[row * (length + 1) + position]
                targets.integers[row * length + position] = tokens.integers[row * (length + 1) + position + 1]
            }
        }
        return (schema.tensors.map { $0.name == "tokens" ? inputs : nil }, targets)
    }

    /// Where this program lies, beside `induct` and the libraries.
    private static func directory() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else { throw SpecError("/proc/self/exe cannot be read") }
        defer { free(path) }
        let text = String(cString: path)
        return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
    }
}
