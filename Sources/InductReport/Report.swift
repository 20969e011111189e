// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The figures of a run: from its directory and the exact theory to files.
package struct Report: Sendable {
    package var figures: [Figure]
    /// The belief probe's, where there was one.
    package var simplex: SimplexFigure?

    init(figures: [Figure]) { self.figures = figures }

    /// Every figure for which the run has data; `levels` are known errors to draw beside those of views.
    package init(run: RunRecord, theory: TheoryCurve?, levels: [ErrorLevel] = []) {
        let context = FigureContext(run: run, theory: theory, levels: levels)
        figures = [
            context.lossByPosition(), context.relativeLoss(), context.labelLossByTimesSeen(),
            context.labelLossByStep(), context.gapByPosition(), context.gapByComponent(), context.trainingLoss(),
            context.errorByView(), context.errorByShiftedView(), context.regretByStep(), context.regretByKey(),
            context.probeByPosition(), context.probeByStep(), context.activationSpectrum(), context.componentAngles(),
        ].filter(\.chart.hasData)
        for figure in context.otherCurves()
        where figure.chart.hasData && !figures.contains(where: { $0.name == figure.name }) {
            figures.append(figure)
        }
        simplex = SimplexFigure(context)
    }

    /// What was written, and what to tell the user about it.
    package struct Outcome: Equatable, Sendable {
        /// `figures/NAME.vl.json`, `.svg`, `.png`, in the order of the figures.
        package var files: [String] = []
        /// One line for the user: how to get pictures, or why there are none.
        package var note: String?
    }

    /// Names and Vega-Lite of all its pictures.
    var specifications: [(name: String, specification: JSON)] {
        figures.map { ($0.name, $0.chart.vegaLite) }
            + [simplex].compactMap { $0 }.map { ($0.name, $0.vegaLite) }
    }

    /// Writes `figures/NAME.vl.json` below `directory` and has `renderer` draw each as the pictures wanted.
    ///
    /// A missing or failing renderer is no error: the outcome's note says so.
    package func write(
        to directory: String, renderer: FigureRenderer?, as kinds: [FigureRenderer.Picture] = [.svg, .png]
    ) throws(ReportError) -> Outcome {
        var outcome = Outcome()
        guard !figures.isEmpty else { return outcome }
        let folder = directory + "/figures"
        try File.makeDirectory(folder)
        let pictures = specifications
        for picture in pictures {
            let path = "\(folder)/\(picture.name).vl.json"
            try File.write(picture.specification.text + "\n", to: path)
            outcome.files.append(path)
        }
        guard let renderer else {
            outcome.note = FigureRenderer.advice
            return outcome
        }
        let drawn = renderer.render(pictures.map { "\(folder)/\($0.name)" }, as: kinds)
        outcome.files += drawn.files
        if let failure = drawn.failure { outcome.note = "figures: \(failure)" }
        return outcome
    }
}

extension Report {
    /// Reads a run directory, draws its figures, and says what was written.
    package static func write(
        runDirectory: String, theory: TheoryCurve?, renderer: FigureRenderer?
    ) throws(ReportError) -> Outcome {
        let report = Report(run: try RunRecord(directory: runDirectory), theory: theory)
        return try report.write(to: runDirectory, renderer: renderer)
    }
}
