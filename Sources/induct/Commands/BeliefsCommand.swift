// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductTheory

/// `induct beliefs SPEC --tokens 0,1,0`: what an observer who knows the source knows after every prefix.
struct BeliefsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beliefs",
        abstract: "Probability, belief, next-token law and component posterior after every prefix of some tokens.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The source, as in mess3(x=0.15, a=0.6).")
    var source: String

    @Option(help: "The tokens, as in 0,1,0.")
    var tokens: String

    func run() throws {
        let argument = try SpecArgument(source)
        let tokens = try TokenList.parse(tokens)
        let host = try common.host()
        let source = try argument.pointing { try host.source($0) }
        let prefixes: [BeliefRow]
        if let hmm = source.hmm {
            prefixes = try HiddenMarkovModel(hmm, name: source.spec).prefixes(of: tokens).map { BeliefRow($0) }
        } else {
            prefixes = try source.beliefRows(of: tokens)
        }
        switch common.format {
        case .json: try StandardOutput.write(["prefixes": .array(prefixes.map(\.json))])
        case .text: try StandardOutput.write(Self.text(prefixes))
        }
    }

    private static func text(_ prefixes: [BeliefRow]) -> String {
        let hasPosterior = prefixes.contains { $0.posterior != nil }
        var columns: [(String, TextTable.Alignment)] = [
            ("token", .right), ("probability", .left), ("next token", .left), ("belief", .left),
        ]
        if hasPosterior { columns.append(("component", .left)) }
        var table = TextTable(columns)
        func list(_ values: [Double]?) -> String {
            guard let values else { return "-" }
            return values.prefix(16).map { $0.fixed(4) }.joined(separator: " ") + (values.count > 16 ? " ..." : "")
        }
        for prefix in prefixes {
            var cells = [
                prefix.tokens.last.map { "\($0)" } ?? "", prefix.probability.significant(6), list(prefix.predictive),
                list(prefix.belief),
            ]
            if hasPosterior { cells.append(list(prefix.posterior)) }
            table.add(cells)
        }
        return table.text
    }
}
