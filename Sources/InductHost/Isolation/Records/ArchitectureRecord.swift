// SPDX-License-Identifier: Apache-2.0

import InductCore

private let outputs: [(String, OutputKind)] = [
    ("logits", .logits), ("probabilities", .probabilities), ("values", .values),
]

/// What a worker tells of an architecture or gate.
struct ArchitectureRecord {
    var output: OutputKind
    var isDifferentiable: Bool
    var isOnline: Bool
    var parameters: [ParameterDescription]
    var activations: [Point]
    var attention: [Point]
    var interventions: [Point]

    init(_ architecture: any Architecture) {
        output = architecture.output
        isDifferentiable = architecture.isDifferentiable
        isOnline = architecture.isOnline
        parameters = architecture.parameters
        activations = architecture.activations
        attention = architecture.attention
        interventions = architecture.interventions
    }

    var json: JSON {
        [
            "output": recordName(of: output, in: outputs), "differentiable": .bool(isDifferentiable),
            "online": .bool(isOnline), "parameters": .array(parameters.map(\.record)),
            "activations": .array(activations.map(\.record)), "attention": .array(attention.map(\.record)),
            "interventions": .array(interventions.map(\.record)),
        ]
    }

    init(_ record: RecordReader) throws(TableDefect) {
        output = try record.choice("output", outputs)
        isDifferentiable = try record.flag("differentiable")
        isOnline = try record.flag("online")
        parameters = try ParameterDescription.list(record, "parameters")
        activations = try Point.list(record, "activations")
        attention = try Point.list(record, "attention")
        interventions = try Point.list(record, "interventions")
    }
}

extension Point {
    fileprivate var record: JSON { ["name": .string(name), "shape": .array(shape.map(\.record))] }

    fileprivate static func list(_ record: RecordReader, _ key: String) throws(TableDefect) -> [Point] {
        var points: [Point] = []
        for point in try record.objects(key) {
            points.append(Point(name: try point.text("name"), shape: try point.dimensions("shape")))
        }
        return points
    }
}

extension ParameterDescription {
    var record: JSON {
        let (name, a, b) = initialiser.record
        return [
            "name": .string(self.name), "shape": .integers(shape), "initialiser": .string(name), "a": .number(a),
            "b": .number(b), "frozen": .bool(isFrozen), "decayed": .bool(isDecayed), "online": .bool(isOnline),
        ]
    }

    static func list(_ record: RecordReader, _ key: String) throws(TableDefect) -> [ParameterDescription] {
        var parameters: [ParameterDescription] = []
        for parameter in try record.objects(key) {
            parameters.append(
                ParameterDescription(
                    name: try parameter.text("name"), shape: try parameter.sizes("shape"),
                    initialiser: try Initialiser(parameter), isFrozen: try parameter.flag("frozen"),
                    isDecayed: try parameter.flag("decayed", fallback: true), isOnline: try parameter.flag("online")))
        }
        return parameters
    }
}

extension Initialiser {
    fileprivate var record: (name: String, a: Double, b: Double) {
        switch self {
        case .zeros: ("zeros", 0, 0)
        case .constant(let value): ("constant", value, 0)
        case .normal(let mean, let deviation): ("normal", mean, deviation)
        case .uniform(let low, let high): ("uniform", low, high)
        case .truncatedNormal(let mean, let deviation): ("truncated-normal", mean, deviation)
        }
    }

    fileprivate init(_ record: RecordReader) throws(TableDefect) {
        let (a, b) = (try record.number("a"), try record.number("b"))
        self = try record.choice(
            "initialiser",
            [
                ("zeros", .zeros), ("constant", .constant(a)), ("normal", .normal(mean: a, deviation: b)),
                ("uniform", .uniform(low: a, high: b)), ("truncated-normal", .truncatedNormal(mean: a, deviation: b)),
            ])
    }
}
