// SPDX-License-Identifier: Apache-2.0

internal import InductCore

/// A picture of lines over two axes, apart from how it is written.
package struct Chart: Equatable, Sendable {
    package var title: String
    /// Smaller lines below the title: source, what the bands are.
    package var subtitle: [String]
    package var x: Axis
    package var y: Axis
    /// In the order of the legend; later ones are drawn over earlier ones.
    package var series: [Series]
    /// Above the lines, from top to bottom.
    package var spans: [Span]
    /// Draws a dot at every point of the model's lines; for few points.
    package var marksPoints: Bool
    /// How many standard errors a band reaches to either side.
    package var bandWidth: Double

    package init(
        title: String, subtitle: [String] = [], x: Axis, y: Axis, series: [Series], spans: [Span] = [],
        marksPoints: Bool = false, bandWidth: Double = 2
    ) {
        self.bandWidth = bandWidth
        self.title = title
        self.subtitle = subtitle
        self.x = x
        self.y = y
        self.series = series
        self.spans = spans
        self.marksPoints = marksPoints
    }

    /// True when there is anything of the model to be seen.
    package var hasData: Bool { series.contains { $0.role == .model && !$0.points.isEmpty } }

    /// Writes the chart as a Vega-Lite file.
    package func save(to path: String) throws(ReportError) { try File.write(vegaLite.text + "\n", to: path) }

    package struct Axis: Equatable, Sendable {
        /// With the unit: "loss (nats)".
        package var title: String
        /// snake_case, the name of the column in the figure's data.
        package var field: String
        package var scale: Scale
        /// Where ticks stand; nil: chosen by the renderer.
        package var ticks: [Double]?

        package init(title: String, field: String, scale: Scale = .linear, ticks: [Double]? = nil) {
            self.title = title
            self.field = field
            self.scale = scale
            self.ticks = ticks
        }
    }

    package enum Scale: Equatable, Sendable {
        /// Does not need to show 0.
        case linear
        case linearFromZero
        case logarithmic
        /// Linear near 0, up to about `constant`, logarithmic beyond: shows 0 and several powers of ten together.
        case symmetricLogarithmic(constant: Double)
    }

    package struct Point: Equatable, Sendable {
        package var x: Double
        package var y: Double
        /// The standard error of y.
        package var error: Double?

        package init(x: Double, y: Double, error: Double? = nil) {
            self.x = x
            self.y = y
            self.error = error
        }
    }

    /// One line, with its entry in the legend.
    package struct Series: Equatable, Sendable {
        package enum Role: Equatable, Sendable {
            /// What was measured: a coloured line, with a band where errors exist.
            case model
            /// What is exact: a black line over the others.
            case theory
            /// A level to compare with: a thin dashed line.
            case reference
        }

        package var label: String
        package var role: Role
        /// As #rrggbb.
        package var colour: String
        package var points: [Point]
        package var isInLegend: Bool

        package init(
            label: String, role: Role = .model, colour: String, points: [Point], isInLegend: Bool = true
        ) {
            self.isInLegend = isInLegend
            self.label = label
            self.role = role
            self.colour = colour
            self.points = points
        }
    }
    /// A stretch of x: a bar above the lines and rules at its ends, with an entry in the legend.
    ///
    /// What lies outside the points of the chart's lines is not drawn, and does not widen the chart.
    package struct Span: Equatable, Sendable {
        package var label: String
        /// As #rrggbb.
        package var colour: String
        package var range: ClosedRange<Double>

        package init(label: String, colour: String, range: ClosedRange<Double>) {
            self.label = label
            self.colour = colour
            self.range = range
        }
    }
}
