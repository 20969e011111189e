// SPDX-License-Identifier: Apache-2.0

// The attention pattern itself, [batch, heads, length, length]: softmax rows, zeros behind the diagonal when causal.
// Written when an evaluator asks for it; training never does, so it is short rather than fast.

import CInduct
import CVectors

func attentionPattern(_ call: induct_attention, into probabilities: UnsafeMutablePointer<Float>) {
    guard let q = call.q, let k = call.k else { return }
    let length = Int(call.length)
    let heads = Int(call.heads)
    let size = Int(call.head_size)
    let headsPerKey = heads / Int(call.key_value_heads)
    for sequence in 0..<Int(call.batch) {
        for head in 0..<heads {
            let slope = call.slopes?[head] ?? 0
            let relative = call.relative.map { $0 + head * length }
            for i in 0..<length {
                let row = probabilities + ((sequence * heads + head) * length + i) * length
                let query = q + (sequence * length + i) * Int(call.ldq) + head * size
                let keys = call.causal != 0 ? i + 1 : length
                for j in 0..<keys {
                    let key = k + (sequence * length + j) * Int(call.ldkv) + head / headsPerKey * size
                    var products = Vector.zeros
                    forEachVector(size) { offset, count in
                        products = fusedMultiplyAdd(
                            load(query + offset, count: count), load(key + offset, count: count), products)
                    }
                    let shift = i >= j ? relative?[i - j] ?? 0 : 0
                    row[j] = call.scale * sum(products) + slope * Float(j - i) + shift
                }
                softmax(rows: 1, columns: keys, row, into: row)
                (row + keys).update(repeating: 0, count: length - keys)
            }
        }
    }
}
