// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductLab

/// `induct predict RUN --tokens 0,1,0`: the trained model's law of the next token after every prefix.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "The next-token law of a trained model after every prefix of some tokens.",
        discussion: "A begin-of-sequence token that the model was trained with is put in front where it is missing.")

    @OptionGroup var model: TrainedModelOptions
    @OptionGroup var common: CommonOptions

    @Option(help: "The tokens, as in 0,1,0.")
    var tokens: String

    func run() throws {
        var tokens = try TokenList.parse(tokens)
        let trained = try model.open(common)
        let schema = trained.source.schema
        if schema.beginTokens > 0, tokens.first != schema.classes - 1 { tokens.insert(schema.classes - 1, at: 0) }
        let ids = try tokens.map { token in
            guard let id = Int32(exactly: token) else {
                throw UsageError("--tokens: \(token) is no token of the model")
            }
            return id
        }
        let laws = try trained.predict(ids)
        switch common.format {
        case .json:
            let prefixes = laws.enumerated().map { i, law -> JSON in
                ["tokens": .integers(tokens.prefix(i + 1)), "predictive": .numbers(law)]
            }
            try StandardOutput.write(["prefixes": .array(prefixes)])
        case .text:
            var table = TextTable([("token", .right), ("next token", .left)])
            for (token, law) in zip(tokens, laws) {
                table.add(["\(token)", law.map { $0.fixed(4) }.joined(separator: " ")])
            }
            try StandardOutput.write(table.text)
        }
    }
}
