// SPDX-License-Identifier: Apache-2.0

import InductCore

/// Opens the parts of this test target by name.
final class FakeOpener: PluginOpener {
    /// Counts what was opened.
    var opened: [String: Int] = [:]
    /// Evaluators beside the usual ones.
    var evaluators: [String: any Evaluator] = [:]

    private func number(_ spec: PluginSpec, _ key: String) -> Int? {
        for argument in spec.arguments where argument.key == key {
            if case .integer(let value) = argument.value { return Int(value) }
        }
        return nil
    }

    func resolved(_ spec: PluginSpec, as kind: PluginKind) throws -> PluginSpec { spec }

    func source(_ spec: PluginSpec) throws -> any Source {
        opened[spec.name, default: 0] += 1
        switch spec.name {
        case "chain":
            return ChainSource(
                vocabulary: number(spec, "vocabulary") ?? 3, finite: number(spec, "finite").map { UInt64($0) },
                failsAt: number(spec, "fails_at").map { UInt64($0) })
        case "vectors":
            return VectorSource(
                isWeighted: number(spec, "weighted") == 1, positions: number(spec, "positions") ?? 1)
        case "regression": return VectorSource(isRegression: true, positions: number(spec, "positions") ?? 1)
        default: throw SpecError("no source '\(spec.name)'")
        }
    }

    func architecture(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Architecture {
        switch spec.name {
        case "bigram": return BigramArchitecture(vocabulary: schema.classes)
        case "linear":
            return LinearArchitecture(
                inputs: 3, outputs: schema.width, output: schema.task == .regression ? .values : .logits)
        case "softmax":
            return LinearArchitecture(name: "softmax", inputs: 3, outputs: schema.width, output: .probabilities)
        case "frozen":
            return LinearArchitecture(inputs: 3, outputs: schema.width, output: .logits, isFrozen: true)
        case "counting": return CountingArchitecture(classes: schema.classes)
        default: throw SpecError("no architecture '\(spec.name)'")
        }
    }

    func gate(_ spec: PluginSpec, schema: Schema, length: Int, experts: Int) throws -> any Architecture {
        switch spec.name {
        case "linear-gate":
            return LinearArchitecture(name: "linear-gate", inputs: 3, outputs: experts, output: .probabilities)
        case "fixed-gate":
            return LinearArchitecture(
                name: "fixed-gate", inputs: 3, outputs: experts, output: .probabilities, isFrozen: true)
        case "hedge": return HedgeGate(experts: experts)
        default: throw SpecError("no gate '\(spec.name)'")
        }
    }

    func evaluator(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Evaluator {
        opened[spec.name, default: 0] += 1
        switch spec.name {
        case "loss": return PositionMean.loss
        case "training-loss": return PositionMean.trainingLoss
        default:
            guard let evaluator = evaluators[spec.name] else { throw SpecError("no evaluator '\(spec.name)'") }
            return evaluator
        }
    }
}
