// SPDX-License-Identifier: Apache-2.0

/// The theory of a source alone: h_l against l, its rate with the bracket, and the losses on each component.
package struct TheoryFigure: Sendable {
    private let theory: TheoryCurve
    private let source: String
    /// Components beyond these would not be told apart.
    private static let mostComponents = Palette.categories.count

    /// - Parameters:
    ///   - theory: at least one position
    ///   - source: the source in the user's words, for the subtitle
    package init(_ theory: TheoryCurve, source: String) {
        self.theory = theory
        self.source = source
    }

    package var chart: Chart {
        Chart(
            title: "Entropy of each token given those before it", subtitle: subtitle,
            x: .position("position l", field: "position", upTo: Double(theory.entropy.count)),
            y: .init(title: "entropy (nats per token)", field: "entropy"), series: series,
            marksPoints: theory.entropy.count <= 64)
    }

    private var series: [Chart.Series] {
        var series: [Chart.Series] = []
        for (component, colour) in zip(theory.components, Palette.categories) where !component.crossEntropy.isEmpty {
            series.append(
                .init(
                    label: "best predictor on \(component.name)", colour: colour,
                    points: points(component.crossEntropy, errors: component.crossEntropyErrors)))
            series.append(
                .init(
                    label: "h_l of \(component.name)", role: .reference, colour: colour,
                    points: points(component.entropy)))
        }
        series.append(
            .init(
                label: "h_l", role: .theory, colour: Palette.theory,
                points: points(theory.entropy, errors: theory.standardErrors)))
        if let bounds = theory.rateBounds, bounds.upperBound - bounds.lowerBound > 1e-6 {
            series.append(level("lower bound of h_μ", bounds.lowerBound))
            series.append(level("upper bound of h_μ", bounds.upperBound))
        } else if let rate = theory.rate {
            series.append(level("entropy rate h_μ", rate))
        }
        return series
    }

    private func points(_ values: [Double], errors: [Double]? = nil) -> [Chart.Point] {
        values.indices.map { index in
            let error = errors.map { $0[index] }
            return .init(x: Double(index + 1), y: values[index], error: error.flatMap { $0 > 0 ? $0 : nil })
        }
    }

    private func level(_ label: String, _ value: Double) -> Chart.Series {
        .init(
            label: label, role: .reference, colour: Palette.reference,
            points: [.init(x: 1, y: value), .init(x: Double(max(2, theory.entropy.count)), y: value)])
    }

    private var subtitle: [String] {
        var facts: [String] = []
        if let rate = theory.rate { facts.append("h_μ = \(decimal(rate, digits: 6))") }
        if let excess = theory.excessEntropy { facts.append("E = \(decimal(excess, digits: 6)) nats") }
        if theory.components.count > Self.mostComponents {
            facts.append("\(Self.mostComponents) of \(theory.components.count) components")
        }
        let values = theory.eigenvalues.prefix(6).map { value in
            let imaginary =
                value.imaginary == 0
                ? "" : (value.imaginary < 0 ? "-" : "+") + decimal(abs(value.imaginary), digits: 3) + "i"
            return decimal(value.real, digits: 3) + imaginary + (value.index > 1 ? " (index \(value.index))" : "")
        }
        let spectrum =
            values.isEmpty
            ? ""
            : "spectrum: " + values.joined(separator: ", ")
                + (theory.eigenvalues.count > values.count
                    ? ", and \(theory.eigenvalues.count - values.count) more" : "")
        return [source, facts.joined(separator: "; "), spectrum, bandRemark(series)].filter { !$0.isEmpty }
    }
}
