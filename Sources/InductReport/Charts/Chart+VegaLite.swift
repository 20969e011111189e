// SPDX-License-Identifier: Apache-2.0

package import InductCore

extension Chart {
    /// The chart as a Vega-Lite 5 specification with its data inside.
    ///
    /// One table with a column for x, for y and for the band's ends; one layer for bands, one for lines. Spans are
    /// layers with data of their own. Colour and dash are looked up by the column "series", so that one legend tells model,
    /// theory, references and spans apart.
    package var vegaLite: JSON {
        let hasBands = series.contains { $0.points.contains { $0.error != nil } }
        return [
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "title": [
                "text": .string(title), "subtitle": .array(subtitle.map(JSON.string)), "anchor": "start", "offset": 12,
            ],
            "width": 560,
            "height": 340,
            "data": ["values": .array(rows)],
            "layer": .array(spanLayers + (hasBands ? [bands] : []) + [lines] + (marksPoints ? [dots] : [])),
            "config": Self.style,
        ]
    }

    private var rows: [JSON] {
        // The theory first, so that the model's thinner lines are drawn over it and none hides the other.
        (series.filter { $0.role == .theory } + series.filter { $0.role != .theory }).flatMap { series in
            series.points.filter(isDrawable).map { point in
                var members = [
                    JSON.Member(key: "series", value: .string(series.label)),
                    JSON.Member(key: x.field, value: .number(point.x)),
                    JSON.Member(key: y.field, value: .number(point.y)),
                ]
                if let error = point.error {
                    let reach = bandWidth * error
                    members.append(JSON.Member(key: "lower", value: .number(clamped(point.y - reach, below: point.y))))
                    members.append(JSON.Member(key: "upper", value: .number(point.y + reach)))
                }
                return .object(members)
            }
        }
    }

    /// A logarithmic axis has no place for zero and below.
    private func isDrawable(_ point: Point) -> Bool {
        (x.scale != .logarithmic || point.x > 0) && (y.scale != .logarithmic || point.y > 0)
    }

    /// The lower end of a band, kept above zero where the axis begins there.
    private func clamped(_ value: Double, below point: Double) -> Double {
        switch y.scale {
        case .logarithmic: max(value, point / 100)
        case .linearFromZero, .symmetricLogarithmic: point >= 0 ? max(value, 0) : value
        case .linear: value
        }
    }

    private var bands: JSON {
        [
            "transform": [["filter": "isValid(datum.lower)"]],
            "mark": ["type": "area", "opacity": 0.2, "line": false],
            "encoding": [
                "x": encoding(x),
                "y": encoding(y, field: "lower"),
                "y2": ["field": "upper"],
                "color": colour,
            ],
        ]
    }

    private var lines: JSON {
        [
            "mark": ["type": "line", "interpolate": "linear", "clip": true],
            "encoding": [
                "x": encoding(x),
                "y": encoding(y),
                "color": colour,
                "strokeDash": dash,
                "strokeWidth": [
                    "condition": [
                        ["test": .string(oneOf(.theory)), "value": 3.2],
                        ["test": .string(oneOf(.reference)), "value": 1.2],
                    ],
                    "value": 1.6,
                ],
                "order": ["field": .string(x.field), "type": "quantitative"],
            ],
        ]
    }

    /// A bar above the lines for each, and rules at the ends, clipped to where the lines are.
    private var spanLayers: [JSON] {
        let places = series.flatMap(\.points).map(\.x)
        guard !spans.isEmpty, let first = places.min(), let last = places.max() else { return [] }
        func row(_ span: Span, _ members: [JSON.Member]) -> JSON {
            .object([.init(key: "series", value: .string(span.label))] + members)
        }
        let bars = spans.enumerated().compactMap { place, span -> JSON? in
            let (low, high) = (max(first, span.range.lowerBound), min(last, span.range.upperBound))
            guard low < high else { return nil }
            let top = Self.barPitch * (place - spans.count)
            let ends = row(span, [.init(key: x.field, value: .number(low)), .init(key: "end", value: .number(high))])
            return [
                "data": ["values": [ends]],
                "mark": ["type": "rect", "opacity": 0.85],
                "encoding": [
                    "x": encoding(x), "x2": ["field": "end"], "y": ["value": .integer(Int64(top))],
                    "y2": ["value": .integer(Int64(top + Self.barHeight))], "color": colour,
                ],
            ]
        }
        let ends = spans.flatMap { span in
            Set([span.range.lowerBound, span.range.upperBound]).sorted().filter { first <= $0 && $0 <= last }
                .map { row(span, [.init(key: x.field, value: .number($0))]) }
        }
        let rules: JSON = [
            "data": ["values": .array(ends)],
            "mark": ["type": "rule", "strokeWidth": 1.4],
            "encoding": ["x": encoding(x), "color": colour, "strokeDash": dash],
        ]
        return bars + [rules]
    }

    /// Pixels.
    private static let barPitch = 9
    private static let barHeight = 5

    private static let spanDash: JSON = [2, 3]

    private var dots: JSON {
        [
            "transform": [["filter": .string(oneOf(.model))]],
            "mark": ["type": "point", "filled": true, "size": 26, "opacity": 1],
            "encoding": ["x": encoding(x), "y": encoding(y), "color": colour],
        ]
    }

    /// A Vega expression that holds for rows of series with this role.
    private func oneOf(_ role: Series.Role) -> String {
        let labels = series.filter { $0.role == role }.map { JSON.string($0.label) }
        return "indexof(\(JSON.array(labels).text), datum.series) >= 0"
    }

    /// What the legend says of a line or a span.
    private struct Entry {
        var label: String
        var colour: String
        var dash: JSON
        var isShown = true
    }

    private var entries: [Entry] {
        series.indices.map { place in
            Entry(
                label: series[place].label, colour: series[place].colour, dash: dash(ofSeries: place),
                isShown: series[place].isInLegend)
        } + spans.map { Entry(label: $0.label, colour: $0.colour, dash: Self.spanDash) }
    }

    /// Levels of one colour that the legend names are told apart by their dashes.
    private func dash(ofSeries place: Int) -> JSON {
        let one = series[place]
        guard one.role == .reference else { return [1, 0] }
        guard one.isInLegend else { return Self.levelDashes[0] }
        let before = series[..<place].count { $0.role == .reference && $0.isInLegend && $0.colour == one.colour }
        return Self.levelDashes[before % Self.levelDashes.count]
    }

    private static let levelDashes: [JSON] = [[4, 4], [1, 3], [8, 3], [8, 3, 1, 3]]

    private var colour: JSON { lookUp { .string($0.colour) } }
    private var dash: JSON { lookUp(\.dash) }

    /// An encoding that maps the label of each line and span to a value.
    private func lookUp(_ value: (Entry) -> JSON) -> JSON {
        let entries = entries
        return [
            "field": "series",
            "type": "nominal",
            "sort": nil,
            "scale": [
                "domain": .array(entries.map { .string($0.label) }),
                "range": .array(entries.map(value)),
            ],
            "legend": [
                "title": nil, "symbolOpacity": 1,
                "values": .array(entries.filter(\.isShown).map { .string($0.label) }),
                "symbolType": "stroke", "symbolSize": 260,
                "labelLimit": 320,
            ],
        ]
    }

    private func encoding(_ axis: Axis, field: String? = nil) -> JSON {
        var scale: [JSON.Member] = []
        func set(_ key: String, _ value: JSON) { scale.append(JSON.Member(key: key, value: value)) }
        switch axis.scale {
        case .linear:
            set("zero", false)
        case .linearFromZero:
            set("zero", true)
        case .logarithmic:
            set("type", "log")
        case .symmetricLogarithmic(let constant):
            set("type", "symlog")
            set("constant", .number(constant))
        }
        set("nice", .bool(axis.scale == .linear || axis.scale == .linearFromZero))
        var labels: [JSON.Member] = [JSON.Member(key: "title", value: .string(axis.title))]
        if let ticks = axis.ticks {
            labels.append(JSON.Member(key: "values", value: .numbers(ticks)))
            labels.append(JSON.Member(key: "format", value: ".7~g"))
            if case .symmetricLogarithmic = axis.scale {
                let points = series.flatMap(\.points)
                let most = points.map { axis == x ? $0.x : $0.y + bandWidth * ($0.error ?? 0) }.max() ?? 0
                let end = axis == x ? most : ticks.first { $0 >= most } ?? most
                set("domain", .numbers([ticks.first ?? 0, end]))
            }
        }
        return [
            "field": .string(field ?? axis.field),
            "type": "quantitative",
            "scale": .object(scale),
            "axis": .object(labels),
        ]
    }

    static let style: JSON = [
        "background": "white",
        "padding": 14,
        "font": "Helvetica, Arial, Liberation Sans, sans-serif",
        "view": ["stroke": nil],
        "axis": [
            "grid": true, "gridColor": "#ebebeb", "domainColor": "#555555", "tickColor": "#555555", "labelFontSize": 11,
            "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8, "tickCount": 8,
        ],
        "legend": ["labelFontSize": 11, "offset": 14, "rowPadding": 3],
        "title": ["fontSize": 15, "subtitleFontSize": 11.5, "subtitleColor": "#555555", "subtitlePadding": 5],
    ]
}
