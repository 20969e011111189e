// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost

/// `induct sample SPEC --count N --length L --seed S`: samples of a source, printed or written to a file.
struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Samples of a source: printed, or written as .npz, .safetensors or .jsonl.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The source, as in golden-mean(p=0.5).")
    var source: String

    @Option(help: "How many samples.")
    var count = 10

    @Option(help: "Tokens, or items, of a sample.")
    var length = 20

    @Option(help: "Fixes the samples: sample i depends on the source, the seed, the view and i alone.")
    var seed: UInt64 = 1

    @Option(help: "The view: train, test, or another of the source's own.")
    var view = "train"

    @Option(help: "Index of the first sample.")
    var first: UInt64 = 0

    @Option(help: "A file ending in .npz, .safetensors or .jsonl; it must not exist yet.")
    var output: String?

    func run() throws {
        let argument = try SpecArgument(source)
        let sink = try output.map { try SampleFile.Kind(path: $0) }
        guard count >= 0, count <= Recipe.Limit.samples.upperBound else {
            throw UsageError("--count must be from 0 to \(Recipe.Limit.samples.upperBound), not \(count)")
        }
        guard Recipe.Limit.length.contains(length) else {
            throw UsageError("--length must be from 1 to \(Recipe.Limit.length.upperBound), not \(length)")
        }
        guard first <= UInt64(Int64.max) - UInt64(count) else { throw UsageError("--first must be below 2^63") }
        Interruption.watch()
        let host = try common.host()
        let source = try argument.pointing { try host.source($0) }
        let sampler = try Sampler(source: source, view: view, seed: seed, first: first, count: count, length: length)
        if let sink, let output {
            try SampleFile(path: output, kind: sink).write(sampler)
            StandardError.write("induct: wrote \(count) samples to \(output)\n")
        } else {
            try print(sampler)
        }
    }

    private func print(_ sampler: Sampler) throws {
        let isTokens = sampler.source.schema.task == .nextToken
        var isFirst = true
        if common.format == .json {
            let key = isTokens ? "sequences" : "samples"
            try StandardOutput.write("{\"seed\":\(seed),\"first\":\(first),\"\(key)\":[")
        }
        try sampler.forEachBatch(values: Sampler.valuesPerText) { batch in
            var text = ""
            for row in 0..<batch.count {
                switch common.format {
                case .json:
                    text += isFirst ? "" : ","
                    text += isTokens ? (batch["tokens"]?.json(row: row) ?? .null).text : batch.json(row: row).text
                    isFirst = false
                case .text:
                    let tokens = isTokens ? batch["tokens"]?.json(row: row).array : nil
                    text += tokens.map { $0.map(\.text).joined(separator: " ") } ?? batch.json(row: row).text
                    text += "\n"
                }
            }
            try StandardOutput.write(text)
        }
        if common.format == .json { try StandardOutput.write("]}\n") }
    }
}
