// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductHost
import InductReport
import InductTheory

/// `induct theory SPEC --length N`: what is known about a source without training anything.
struct TheoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theory", abstract: "Entropies h_l, entropy rate, excess entropy and spectrum of a source.",
        discussion: """
            Values are exact wherever mixed states can be merged or words enumerated. Beyond that bounds are given, and \
            where these leave more than half of --precision open, estimates with their standard errors.

            For a source of labelled examples: what learning in the weights and in the context cost, and the size of the \
            training set at which the weights become the better guide (--floor, --gap, --in-context-loss).
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The source, as in dursley-wonka(p=0.4, q=0.25).")
    var source: String

    @Option(help: "Number of positions: h_1 to h_LENGTH.")
    var length = 20

    @Option(
        help: """
            Standard error, in nats, that estimates aim at where exact values are out of reach; a hundredth of it also gives \
            the bounds of rate and excess entropy ten times the work.
            """)
    var precision = 2e-4

    @Option(help: "Seeds the estimates; exact results do not depend on it.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Fit c / (l + l0) to h_l - h_mu over these lengths, as in 256:2048; needs the rate.", valueName: "from:to"))
    var fit: FitRange?

    @Flag(
        help: """
            Print the components of a mixture whatever that costs: their own entropies, and the loss of the whole's best \
            predictor on each. Without it they are printed where the mixed states are few.
            """)
    var components = false

    @Flag(help: "Print what each eigenvalue adds to each h_l; the sums are h_l.")
    var contributions = false

    @Option(
        help: ArgumentHelp(
            "Draw h_l, its rate and its components: FILE.svg, FILE.png, or FILE.vl.json for the Vega-Lite source.",
            valueName: "file"))
    var plot: String?

    @OptionGroup(title: "Options for labelled examples")
    var examples: LabelledExamplesOptions

    func run() throws {
        let drawing = try plot.map(FigureFile.init)
        let argument = try SpecArgument(source)
        let host = try common.host()
        let source = try argument.pointing { try host.source($0) }
        if source.labelledExamples != nil {
            guard fit == nil, !components, !contributions else {
                throw UsageError(
                    "--fit, --components and --contributions are about tokens, and \(source.spec) has none")
            }
            return try examples.run(source, format: common.format, drawing: drawing)
        }
        try examples.checkUnused(source)
        let request = TheoryRequest(
            length: length, precision: precision, seed: seed, components: components ? .always : .whereCheap)
        let theory = try Theory.of(source, request: request)
        let law = try fit.map { try TheoryFit(theory, over: $0) }
        try drawing?.write(TheoryFigure(TheoryCurve(theory), source: source.spec).chart)
        switch common.format {
        case .json:
            let fitted = law.map { [JSON.Member(key: "power_law", value: $0.json)] } ?? []
            let known = theory.json(source: source.spec, contributions: contributions)
            try StandardOutput.write(.object((known.members ?? []) + fitted))
            if let reason = theory.excessEntropyReason { StandardError.write("induct: no excess entropy: \(reason)\n") }
        case .text:
            try StandardOutput.write(
                theory.text(source: source.spec, contributions: contributions) + (law?.text ?? ""))
        }
    }
}
