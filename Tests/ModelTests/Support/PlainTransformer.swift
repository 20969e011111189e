// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore

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
    var block = "pre-norm"
    var isAttentionOnly = false
    var norm = "layer-norm"
    var positions = "learned"
    var base = 10_000.0
    var buckets = 32
    var reach = 128
    var dropout = 0.0
    var epsilon = 1e-5
    var isTied = false

    typealias Values = [String: [Double]]

    /// Logits `[length, vocabulary]` of one sequence; with a mask, those of training.
    func logits(_ tokens: [Int], _ p: Values, _ mask: PlainDropout? = nil) -> [[Double]] {
        let table = p["embedding.tokens"] ?? []
        return logits(
            tokens.indices.map { embed(Array(table[tokens[$0] * width..<(tokens[$0] + 1) * width]), position: $0, p) },
            p, mask)
    }

    /// What a pair says about its input.
    enum Answer {
        case label(Int)
        case value(Double)
    }

    /// Logits, or values, at every input: a sample's inputs and the answers of all but the last.
    func predictions(
        inputs: [[Double]], answers: [Answer], _ p: Values, _ mask: PlainDropout? = nil
    ) -> [[Double]] {
        let table = p["embedding.labels"] ?? []
        var stream: [[Double]] = []
        for (pair, input) in inputs.enumerated() {
            stream.append(
                embed(
                    p["embedding.inputs.weight"] == nil ? input : linear(input, "embedding.inputs", p), position: pair,
                    p))
            guard pair < answers.count else { continue }
            switch answers[pair] {
            case .label(let label):
                stream.append(embed(Array(table[label * width..<(label + 1) * width]), position: pair, p))
            case .value(let value):
                stream.append(embed(linear([value], "embedding.values", p), position: pair, p))
            }
        }
        let rows = logits(stream, p, mask)
        return stride(from: 0, to: rows.count, by: 2).map { rows[$0] }
    }

    private func logits(_ embedded: [[Double]], _ p: Values, _ mask: PlainDropout?) -> [[Double]] {
        var stream = drop(embedded, mask, block: 0, place: 0)
        for number in 0..<layers {
            let name = "blocks.\(number)"
            func norm(_ x: [[Double]], _ which: Int) -> [[Double]] {
                x.map { normalise($0, "\(name).norm\(which)", p) }
            }
            func attention(_ x: [[Double]]) -> [[Double]] {
                let y = attend(x, "\(name).attention", p).map { linear($0, "\(name).attention.output", p) }
                return drop(y, mask, block: number, place: 1)
            }
            func mlp(_ x: [[Double]]) -> [[Double]] {
                guard !isAttentionOnly else { return x.map { $0.map { _ in 0 } } }
                let y = x.map { linear(activate(linear($0, "\(name).mlp.input", p)), "\(name).mlp.output", p) }
                return drop(y, mask, block: number, place: 2)
            }
            switch block {
            case "parallel":
                let x = norm(stream, 1)
                stream = add(stream, add(attention(x), mlp(x)))
            case "post-norm":
                stream = norm(add(stream, attention(stream)), 1)
                if !isAttentionOnly { stream = norm(add(stream, mlp(stream)), 2) }
            default:
                stream = add(stream, attention(norm(stream, 1)))
                if !isAttentionOnly { stream = add(stream, mlp(norm(stream, 2))) }
            }
        }
        let table = p[isTied ? "embedding.tokens" : "unembedding.weight"] ?? []
        return stream.map { product(block == "post-norm" ? $0 : normalise($0, "final_norm", p), table) }
    }

    private func drop(_ x: [[Double]], _ mask: PlainDropout?, block: Int, place: Int) -> [[Double]] {
        guard let mask, dropout > 0 else { return x }
        let kept = mask.kept(x.count * width, block: block, place: place, rate: dropout)
        return x.indices.map { i in
            (0..<width).map { kept[i * width + $0] ? x[i][$0] / (1 - dropout) : 0 }
        }
    }

    private func embed(_ values: [Double], position: Int, _ p: Values) -> [Double] {
        var row = values
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

    private func add(_ x: [[Double]], _ y: [[Double]]) -> [[Double]] { zip(x, y).map { add($0, $1) } }

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
                    let products = zip(query, head(j, heads + group, rotated: true)).map { $0 * $1 }
                    return products.reduce(0, +) / Double(headSize).squareRoot() + added(distance: i - j, head: h, p)
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

    /// What a relative position adds to a score.
    private func added(distance: Int, head: Int, _ p: Values) -> Double {
        switch positions {
        case "alibi":
            // The powers of two next to the number of heads, and every other slope of the greater one.
            let lower = 1 << Int(log2(Double(heads)))
            let exponent =
                head < lower
                ? 8 * Double(head + 1) / Double(lower) : 8 * (Double(head - lower) + 0.5) / Double(lower)
            return -Double(distance) * pow(2, -exponent)
        case "t5":
            let table = p["relative_positions.weight"] ?? []
            return table[bucket(distance) * heads + head]
        default: return 0
        }
    }

    private func bucket(_ distance: Int) -> Int {
        let exact = buckets / 2
        guard distance >= exact else { return distance }
        let share = log(Double(distance) / Double(exact)) / log(Double(reach) / Double(exact))
        return min(buckets - 1, exact + Int(share * Double(buckets - exact)))
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

/// Which elements of one row of a batch are kept at one step, from the words of random.h.
struct PlainDropout {
    var seed: UInt64
    var step: UInt64
    var row: UInt64

    func kept(_ count: Int, block: Int, place: Int, rate: Double) -> [Bool] {
        let seed = Seed.derive(seed, step)
        let purpose = UInt32(block << 16 | place)
        return (0..<count).map { element in
            let words = Philox.block(seed: seed, purpose: purpose, index: row, block: UInt32(element / 4))
            let word = [words.0, words.1, words.2, words.3][element % 4]
            return Double(word) >= (rate * 4_294_967_296).rounded(.down)
        }
    }
}
