// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import InductHost
import Testing

/// Gated recurrent units in double precision, one sample and one item at a time.
struct PlainGRU {
    typealias Values = [String: [Double]]

    var layers: Int
    var width: Int
    var classes: Int

    /// Logits after every item, from the items' vectors.
    func logits(_ items: [[Double]], _ p: Values) -> [[Double]] {
        var stream = items
        for layer in 0..<layers {
            var h = [Double](repeating: 0, count: width)
            stream = stream.map { x in
                let (input, hidden) = (
                    affine(x, "layers.\(layer).input", p), affine(h, "layers.\(layer).hidden", p)
                )
                h = (0..<width).map { j in
                    let r = sigmoid(input[j] + hidden[j])
                    let z = sigmoid(input[width + j] + hidden[width + j])
                    let n = tanh(input[2 * width + j] + r * hidden[2 * width + j])
                    return (1 - z) * n + z * h[j]
                }
                return h
            }
        }
        return stream.map { h in
            (0..<classes).map { row in dot(h, p["unembedding.weight"] ?? [], row: row) }
        }
    }

    func row(_ index: Int, of table: String, _ p: Values) -> [Double] {
        Array((p[table] ?? [])[index * width..<(index + 1) * width])
    }

    func affine(_ x: [Double], _ name: String, _ p: Values) -> [Double] {
        guard let weight = p["\(name).weight"], let bias = p["\(name).bias"] else { return [] }
        return bias.indices.map { bias[$0] + dot(x, weight, row: $0) }
    }

    private func dot(_ x: [Double], _ matrix: [Double], row: Int) -> Double {
        x.indices.reduce(0) { $0 + x[$1] * matrix[row * x.count + $1] }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}

@Suite struct GRUTests {
    let host: PluginHost

    init() throws { host = try TestHost.make() }

    struct Case: CustomTestStringConvertible, Sendable {
        var layers: Int
        var width: Int
        /// Of labelled examples; nil: tokens.
        var items: Int?
        var length = 6

        static let classes = 5
        static let features = 7
        static let count = 3

        var testDescription: String { "\(layers) layers of \(width), \(items.map { "\($0) examples" } ?? "tokens")" }
        var plain: PlainGRU { PlainGRU(layers: layers, width: width, classes: Self.classes) }

        func driver(_ host: PluginHost) throws -> ModelDriver {
            let schema =
                items.map { TestHost.examples(items: $0, size: Self.features, classes: Self.classes) }
                ?? TestHost.tokens(vocabulary: Self.classes, length: length)
            let spec = try PluginSpec(parsing: "gru(layers=\(layers), width=\(width))")
            let length = items ?? length
            return ModelDriver(
                try host.architecture(spec, schema: schema, length: length), schema: schema, count: Self.count,
                length: length, width: Self.classes, seed: 3)
        }

        /// The plain model's logits of the predicted positions of one sample.
        func logits(_ driver: ModelDriver, row: Int, _ p: PlainGRU.Values) -> [[Double]] {
            guard let items else {
                let tokens = driver.tokens.integers[row * length..<(row + 1) * length]
                return plain.logits(tokens.map { plain.row(Int($0), of: "embedding.tokens", p) }, p)
            }
            guard let inputs = driver.inputs[0], let labels = driver.inputs[1] else { return [] }
            let stream = (0..<2 * items - 1).map { place -> [Double] in
                if place % 2 == 1 {
                    return plain.row(Int(labels.integers[row * (items - 1) + place / 2]), of: "embedding.labels", p)
                }
                let start = (row * items + place / 2) * Self.features
                return plain.affine(
                    inputs.floats[start..<start + Self.features].map(Double.init), "embedding.inputs", p)
            }
            return plain.logits(stream, p).suffix(1)
        }
    }

    static let cases = [
        Case(layers: 2, width: 16), Case(layers: 1, width: 1, length: 1), Case(layers: 3, width: 5, items: 3),
        Case(layers: 1, width: 9, items: 1),
    ]

    @Test(arguments: cases)
    func logitsAgreeWithThePlainModel(_ test: Case) throws {
        let driver = try test.driver(host)
        for mode in [PassMode.evaluate, .train] {
            let logits = try driver.forward(mode)
            let expected = (0..<Case.count).flatMap { test.logits(driver, row: $0, driver.values).flatMap { $0 } }
            #expect(logits.count == expected.count)
            for (found, value) in zip(logits, expected) {
                #expect((Double(found) - value).magnitude <= 2e-6 * max(1, value.magnitude))
            }
            #expect(driver.keptToWorkspace(mode))
        }
    }

    @Test(arguments: cases)
    func gradientsAgreeWithFiniteDifferences(_ test: Case) throws {
        let driver = try test.driver(host)
        expectGradients(of: driver, try driver.backward()) { values in
            let outputs = (0..<Case.count).flatMap { test.logits(driver, row: $0, values).flatMap { $0 } }
            return zip(outputs, driver.outputGradients.floats).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        #expect(driver.keptToWorkspace(.train))
    }

    @Test func aPredictionDoesNotSeeTokensToCome() throws {
        let driver = try Self.cases[0].driver(host)
        let before = try driver.forward(.evaluate)
        driver.tokens.integers[4] = (driver.tokens.integers[4] + 1) % 5
        let after = try driver.forward(.evaluate)
        #expect(before[..<20] == after[..<20])
        #expect(before[20..<30] != after[20..<30])
    }

    @Test func statesCanBeRead() throws {
        let driver = try Self.cases[0].driver(host)
        let states = Tensor(.float32, [Case.count, 6, 16])
        let request = PassRequest(action: .read, point: "layers.1.hidden", tensor: states.slice)
        let logits = try driver.forward(.evaluate, requests: [request])
        let weight = try #require(driver.values["unembedding.weight"])
        for row in 0..<18 {
            let logit = (0..<16).reduce(0.0) { $0 + Double(states.floats[row * 16 + $1]) * weight[$1] }
            #expect((Double(logits[row * 5]) - logit).magnitude <= 1e-5)
        }
    }

    @Test func aTokenOutsideTheVocabularyIsRefused() throws {
        let driver = try Self.cases[0].driver(host)
        driver.tokens.integers[7] = 5
        let failure = #expect(throws: PluginFailure.self) { try driver.forward(.train) }
        #expect(failure?.message.contains("sample 1 holds 5 at 1") == true, "\(failure as Any)")
    }
}
