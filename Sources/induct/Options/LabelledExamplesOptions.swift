// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import InductCore
import InductReport
import InductTheory

/// What `induct theory` may be told about learners of labelled examples.
struct LabelledExamplesOptions: ParsableArguments {
    @Option(
        help: """
            The least probability that the in-context predictor gives to any label; when not given 0.001, with more than \
            500 labels 1 over twice their number.
            """)
    var floor: Double?

    @Option(
        help: """
            R, by how much two contexts' logits differ at most; when not given that of squared distances at the temperature \
            e, for inputs of the source's mean squared norm.
            """)
    var gap: Double?

    @Option(help: "A measured in-context loss in nats, whose switch points are wanted as well.")
    var inContextLoss: Double?

    /// - Throws: `UsageError` where any was given for a source of another kind.
    func checkUnused(_ source: any Source) throws {
        guard floor == nil, gap == nil, inContextLoss == nil else {
            throw UsageError(
                "--floor, --gap and --in-context-loss are about labelled examples, and \(source.spec) does not state how it "
                    + "draws any")
        }
    }

    /// Prints the theory of a source that states how it draws labelled examples.
    func run(_ source: any Source, format: OutputFormat, drawing: FigureFile?) throws {
        if let inContextLoss, !inContextLoss.isFinite || inContextLoss < 0 {
            throw UsageError("--in-context-loss \(inContextLoss) is no loss: a number of nats from 0 on is needed")
        }
        let theory = try LabelledExamplesTheory.of(source, floor: floor, gap: gap)
        try drawing?.write(SwitchFigure(theory, source: source.spec).chart)
        switch format {
        case .json: try StandardOutput.write(theory.json(source: source.spec, measured: inContextLoss))
        case .text: try StandardOutput.write(theory.text(source: source.spec, measured: inContextLoss))
        }
    }
}
