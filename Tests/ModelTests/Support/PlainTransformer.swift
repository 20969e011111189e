// SPDX-License-Identifier: Apache-2.0

import Foundation

// The transformer once more, written for reading: scalar loops in double precision, one token at a time, no kernels and
// no workspace. It shares no code with the plugin, and so can be wrong only where both are.

/// The options of a transformer, as the spec says them.
struct PlainTransformer {
    var layers = 2
    var width = 12
    var heads = 4
    var keyValueHeads = 4
    var headSize = 3
    var mlpSize = 48
    var activation = "gelu"
    var norm = "layer-norm"
    var positions = "learned"
    var base = 10_000.0
    var epsilon = 1e-5
    var isTied = false

    typealias Values = [String: [Double]]

    /// Logits `[length, vocabulary]` of one sequence.
    func logits(_ tokens: [Int], _ p: Values) -> [[Double]] {
        var stream = tokens.indices.map { embed(tokens[$0], position: $0, p) }
        for block in 0..<layers {
            let name = "blocks.\(block)"
            let normalised = stream.map { normalise($0, "\(name).norm1", p) }
            let attended = attend(normalised, "\(name).attention", p)
            for i in stream.indices {
                stream[i] = add(stream[i], linear(attended[i], "\(name).attention.output", p))
                let hidden = activate(linear(normalise(stream[i], "\(name).norm2", p), "\(name).mlp.input", p))
                stream[i] = add(stream[i], linear(hidden, "\(name).mlp.output", p))
            }
        }
        let table = p[isTied ? "embedding.tokens" : "unembedding.weight"] ?? []
        return stream.map { product(normalise($0, "final_norm", p), table) }
    }

    private func embed(_ token: Int, position: Int, _ p: Values) -> [Double] {
        let table = p["embedding.tokens"] ?? []
        var row = Array(table[token * width..<(token + 1) * width])
        switch positions {
        case "learned":
            let places = p["embedding.positions"] ?? []
            row = add(row, Array(places[position * width..<(position + 1) * width]))
        case "sinusoidal":
            for i in 0..<width / 2 {
                let angle = Double(position) * pow(base, -2 * Double(i) / Double(2 * (width / 2)))
                row[i] += sin(angle)
                row[width / 2 + i] += cos(angle)
            }
        default: break
        }
        return row
    }

    private func normalise(_ x: [Double], _ name: String, _ p: Values) -> [Double] {
        let mean = norm == "layer-norm" ? x.reduce(0, +) / Double(x.count) : 0
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        let gain = p["\(name).gain"] ?? []
        let bias = p["\(name).bias"]
        return x.indices.map { (x[$0] - mean) / (variance + epsilon).squareRoot() * gain[$0] + (bias?[$0] ?? 0) }
    }

    private func product(_ x: [Double], _ weight: [Double]) -> [Double] {
        (0..<weight.count / x.count).map { row in
            x.indices.reduce(0) { $0 + weight[row * x.count + $1] * x[$1] }
        }
    }

    private func linear(_ x: [Double], _ name: String, _ p: Values) -> [Double] {
        let y = product(x, p["\(name).weight"] ?? [])
        guard let bias = p["\(name).bias"] else { return y }
        return add(y, bias)
    }

    private func add(_ x: [Double], _ y: [Double]) -> [Double] { zip(x, y).map { $0 + $1 } }

    private func attend(_ inputs: [[Double]], _ name: String, _ p: Values) -> [[Double]] {
        let projected = inputs.map { x in
            heads == keyValueHeads
                ? linear(x, "\(name).query_key_value", p)
                : linear(x, "\(name).query", p) + linear(x, "\(name).key_value", p)
        }
        func head(_ position: Int, _ index: Int, rotated: Bool) -> [Double] {
            let values = Array(projected[position][index * headSize..<(index + 1) * headSize])
            return rotated && positions == "rotary" ? rotate(values, position) : values
        }
        return inputs.indices.map { i in
            (0..<heads).flatMap { h in
                let group = h / (heads / keyValueHeads)
                let query = head(i, h, rotated: true)
                let scores = (0...i).map { j in
                    zip(query, head(j, heads + group, rotated: true)).reduce(0) { $0 + $1.0 * $1.1 }
                        / Double(headSize).squareRoot()
                }
                let weights = softmax(scores)
                return (0..<headSize).map { column in
                    (0...i).reduce(0) {
                        $0 + weights[$1] * head($1, heads + keyValueHeads + group, rotated: false)[column]
                    }
                }
            }
        }
    }

    private func rotate(_ x: [Double], _ position: Int) -> [Double] {
        let half = headSize / 2
        var y = x
        for i in 0..<half {
            let angle = Double(position) * pow(base, -2 * Double(i) / Double(headSize))
            y[i] = x[i] * cos(angle) - x[half + i] * sin(angle)
            y[half + i] = x[i] * sin(angle) + x[half + i] * cos(angle)
        }
        return y
    }

    private func softmax(_ scores: [Double]) -> [Double] {
        let largest = scores.max() ?? 0
        let terms = scores.map { exp($0 - largest) }
        let sum = terms.reduce(0, +)
        return terms.map { $0 / sum }
    }

    private func activate(_ x: [Double]) -> [Double] {
        func gelu(_ x: Double) -> Double {
            x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044_715 * x * x * x)))
        }
        func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }
        let half = x.count / 2
        switch activation {
        case "gelu": return x.map(gelu)
        case "relu": return x.map { max(0, $0) }
        case "silu": return x.map(silu)
        case "geglu": return (0..<half).map { gelu(x[$0]) * x[half + $0] }
        default: return (0..<half).map { silu(x[$0]) * x[half + $0] }
        }
    }
}
