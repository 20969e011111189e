// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

extension Reference {
    /// Score of query i and key j.
    private static func score(_ call: induct_attention, _ sequence: Int, _ head: Int, _ i: Int, _ j: Int) -> Double {
        guard let q = call.q, let k = call.k else { return 0 }
        let length = Int(call.length)
        let size = Int(call.head_size)
        let keyHead = head / (Int(call.heads) / Int(call.key_value_heads))
        let query = q + (sequence * length + i) * Int(call.ldq) + head * size
        let key = k + (sequence * length + j) * Int(call.ldkv) + keyHead * size
        var product = 0.0
        for d in 0..<size { product += Double(query[d]) * Double(key[d]) }
        let slope = Double(call.slopes?[head] ?? 0) * Double(j - i)
        let relative = i >= j ? Double(call.relative?[head * length + i - j] ?? 0) : 0
        return Double(call.scale) * product + slope + relative
    }

    /// Keys that query i sees.
    private static func keys(_ call: induct_attention, _ i: Int) -> Int {
        call.causal != 0 ? i + 1 : Int(call.length)
    }

    static func attention(_ call: induct_attention) {
        guard let v = call.v, let out = call.out else { return }
        let length = Int(call.length)
        let heads = Int(call.heads)
        let size = Int(call.head_size)
        for sequence in 0..<Int(call.batch) {
            for head in 0..<heads {
                let keyHead = head / (heads / Int(call.key_value_heads))
                for i in 0..<length {
                    let count = keys(call, i)
                    let scores = (0..<count).map { score(call, sequence, head, i, $0) }
                    let largest = scores.reduce(-Double.infinity, max)
                    var total = 0.0
                    for score in scores { total += exp(score - largest) }
                    let logSum = largest + log(total)
                    let probabilities = scores.map { exp($0 - logSum) }
                    call.log_sum?[(sequence * heads + head) * length + i] = Float(logSum)
                    for d in 0..<size {
                        var value = 0.0
                        for j in 0..<count {
                            let at = (sequence * length + j) * Int(call.ldkv) + keyHead * size + d
                            value += probabilities[j] * Double(v[at])
                        }
                        out[(sequence * length + i) * Int(call.ldo) + head * size + d] = Float(value)
                    }
                    guard let pattern = call.probabilities else { continue }
                    for j in 0..<length {
                        let value = j < count ? Float(probabilities[j]) : 0
                        pattern[((sequence * heads + head) * length + i) * length + j] = value
                    }
                }
            }
        }
    }

    static func attentionBackward(_ call: induct_attention) {
        guard let q = call.q, let k = call.k, let v = call.v, let dout = call.dout, let logSum = call.log_sum,
            let dq = call.dq, let dk = call.dk, let dv = call.dv
        else { return }
        let length = Int(call.length)
        let heads = Int(call.heads)
        let size = Int(call.head_size)
        let headsPerKey = heads / Int(call.key_value_heads)
        for sequence in 0..<Int(call.batch) {
            for keyHead in 0..<Int(call.key_value_heads) {
                var keyGradients = [Double](repeating: 0, count: length * size)
                var valueGradients = keyGradients
                for head in keyHead * headsPerKey..<(keyHead + 1) * headsPerKey {
                    for i in 0..<length {
                        let count = keys(call, i)
                        let queryRow = (sequence * length + i) * Int(call.ldq) + head * size
                        let outRow = (sequence * length + i) * Int(call.ldo) + head * size
                        let sums = Double(logSum[(sequence * heads + head) * length + i])
                        var probabilities = [Double](repeating: 0, count: count)
                        var gradients = probabilities
                        var mean = 0.0
                        for j in 0..<count {
                            let keyRow = (sequence * length + j) * Int(call.ldkv) + keyHead * size
                            probabilities[j] = exp(score(call, sequence, head, i, j) - sums)
                            for d in 0..<size { gradients[j] += Double(dout[outRow + d]) * Double(v[keyRow + d]) }
                            mean += probabilities[j] * gradients[j]
                        }
                        for d in 0..<size {
                            var value = 0.0
                            for j in 0..<count {
                                let keyRow = (sequence * length + j) * Int(call.ldkv) + keyHead * size
                                let gradient = probabilities[j] * (gradients[j] - mean)
                                value += gradient * Double(k[keyRow + d])
                                keyGradients[j * size + d] += Double(call.scale) * gradient * Double(q[queryRow + d])
                                valueGradients[j * size + d] += probabilities[j] * Double(dout[outRow + d])
                            }
                            dq[queryRow + d] = Float(Double(call.scale) * value)
                        }
                        guard let relative = call.drelative else { continue }
                        for j in 0..<min(count, i + 1) {
                            relative[head * length + i - j] += Float(probabilities[j] * (gradients[j] - mean))
                        }
                    }
                }
                for j in 0..<length {
                    for d in 0..<size {
                        let at = (sequence * length + j) * Int(call.ldkv) + keyHead * size + d
                        dk[at] = Float(keyGradients[j * size + d])
                        dv[at] = Float(valueGradients[j * size + d])
                    }
                }
            }
        }
    }
}
