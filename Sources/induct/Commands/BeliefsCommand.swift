// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductTheory

/// `induct beliefs SPEC --tokens 0,1,0`: what an observer who knows the source knows after every prefix.
struct BeliefsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beliefs",
        abstract: "Probability, belief, next-token law and component posterior after every prefix of some tokens.",
        discussion: """
            After an impossible prefix the probability is 0, and belief, law and posterior are null. Where there are more \
            than \(BeliefsCommand.mostRepeated) tokens, the prefixes themselves are left out of the JSON: "length" says \
            which one an entry belongs to.
            """)

    /// Repeating every prefix of a longer sequence would take more room than all results.
    static let mostRepeated = 2048

    @OptionGroup var common: CommonOptions

    @Argument(help: "The source, as in mess3(x=0.15, a=0.6).")
    var source: String

    @Option(help: "The tokens, as in 0,1,0; @FILE reads them from a file, - from standard input.")
    var tokens: String

    @Flag(help: "Only what is known after all tokens.")
    var last = false

    func run() throws {
        let argument = try SpecArgument(source)
        let tokens = try TokenList.read(tokens)
        let host = try common.host()
        let source = try argument.pointing { try host.source($0) }
        let rows = try rows(of: source, tokens)
        let shown = rows.suffix(last ? 1 : rows.count)
        switch common.format {
        case .json:
            try StandardOutput.write("{\"prefixes\":[")
            // Piece by piece, since long sequences have many beliefs.
            for (index, row) in shown.enumerated() {
                let json = row.json(repeating: tokens.count <= Self.mostRepeated || last ? tokens : nil)
                try StandardOutput.write((index > 0 ? "," : "") + json.text)
            }
            try StandardOutput.write("]}\n")
        case .text: try StandardOutput.write(Self.text(Array(shown), tokens))
        }
    }

    private func rows(of source: any Source, _ tokens: [Int]) throws -> [BeliefRow] {
        if let hmm = source.hmm {
            return try HiddenMarkovModel(hmm, name: source.spec).prefixes(of: tokens).map { BeliefRow($0) }
        }
        return try source.beliefRows(of: tokens)
    }

    private static func text(_ rows: [BeliefRow], _ tokens: [Int]) -> String {
        let hasPosterior = rows.contains { $0.posterior != nil }
        var columns: [(String, TextTable.Alignment)] = [
            ("token", .right), ("probability", .left), ("ln probability", .left), ("next token", .left),
            ("belief", .left),
        ]
        if hasPosterior { columns.append(("component", .left)) }
        var table = TextTable(columns)
        func list(_ values: [Double]?) -> String {
            guard let values else { return "-" }
            return values.prefix(16).map { $0.fixed(4) }.joined(separator: " ") + (values.count > 16 ? " ..." : "")
        }
        for row in rows {
            var cells = [
                row.length > 0 ? "\(tokens[row.length - 1])" : "", row.probability.significant(6),
                row.isPossible ? row.logProbability.significant(8) : "impossible", list(row.predictive),
                list(row.belief),
            ]
            if hasPosterior { cells.append(list(row.posterior)) }
            table.add(cells)
        }
        return table.text
    }
}
