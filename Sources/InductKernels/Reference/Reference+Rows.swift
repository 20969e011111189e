// SPDX-License-Identifier: Apache-2.0

import CInduct
import Glibc

extension Reference {
    static func norm(_ call: induct_norm) {
        let columns = Int(call.columns)
        guard columns > 0, let x = call.x, let gain = call.gain, let y = call.y else { return }
        for row in 0..<max(0, Int(call.rows)) {
            let from = x + row * columns
            var mean = 0.0
            if call.center != 0 {
                for j in 0..<columns { mean += Double(from[j]) }
                mean /= Double(columns)
                call.mean?[row] = Float(mean)
            }
            var variance = 0.0
            for j in 0..<columns { variance += (Double(from[j]) - mean) * (Double(from[j]) - mean) }
            let inverse = 1 / (variance / Double(columns) + Double(call.epsilon)).squareRoot()
            call.inverse?[row] = Float(inverse)
            for j in 0..<columns {
                let normal = (Double(from[j]) - mean) * inverse
                y[row * columns + j] = Float(normal * Double(gain[j]) + Double(call.bias?[j] ?? 0))
            }
        }
    }

    static func normBackward(_ call: induct_norm) {
        let columns = Int(call.columns)
        let rows = max(0, Int(call.rows))
        guard columns > 0, let x = call.x, let gain = call.gain, let dy = call.dy, let inverses = call.inverse else {
            return
        }
        for j in 0..<columns {
            var gainSum = call.accumulate != 0 ? Double(call.dgain?[j] ?? 0) : 0
            var biasSum = call.accumulate != 0 ? Double(call.dbias?[j] ?? 0) : 0
            for row in 0..<rows {
                let mean = call.center != 0 ? Double(call.mean?[row] ?? 0) : 0
                let gradient = Double(dy[row * columns + j])
                gainSum += gradient * (Double(x[row * columns + j]) - mean) * Double(inverses[row])
                biasSum += gradient
            }
            call.dgain?[j] = Float(gainSum)
            call.dbias?[j] = Float(biasSum)
        }
        guard let dx = call.dx else { return }
        for row in 0..<rows {
            let mean = call.center != 0 ? Double(call.mean?[row] ?? 0) : 0
            let inverse = Double(inverses[row])
            var gradientMean = 0.0
            var productMean = 0.0
            for j in 0..<columns {
                let gradient = Double(dy[row * columns + j]) * Double(gain[j])
                gradientMean += gradient / Double(columns)
                productMean += gradient * (Double(x[row * columns + j]) - mean) * inverse / Double(columns)
            }
            if call.center == 0 { gradientMean = 0 }
            for j in 0..<columns {
                let at = row * columns + j
                let gradient = Double(dy[at]) * Double(gain[j])
                let normal = (Double(x[at]) - mean) * inverse
                let value = inverse * (gradient - gradientMean - normal * productMean)
                dx[at] = Float(value + Double(call.dresidual?[at] ?? 0))
            }
        }
    }

    static func softmax(rows: Int, columns: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        for row in 0..<max(0, rows) {
            let from = x + row * columns
            var largest = -Double.infinity
            for j in 0..<columns { largest = max(largest, Double(from[j])) }
            var total = 0.0
            for j in 0..<columns { total += exp(Double(from[j]) - largest) }
            for j in 0..<columns { y[row * columns + j] = Float(exp(Double(from[j]) - largest) / total) }
        }
    }

    static func softmaxBackward(
        rows: Int, columns: Int, _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<max(0, rows) {
            var mean = 0.0
            for j in row * columns..<(row + 1) * columns { mean += Double(dy[j]) * Double(y[j]) }
            for j in row * columns..<(row + 1) * columns { dx[j] = Float(Double(y[j]) * (Double(dy[j]) - mean)) }
        }
    }

    static func crossEntropy(_ call: induct_cross_entropy) {
        let classes = Int(call.classes)
        guard classes > 0, let logits = call.logits, let targets = call.targets else { return }
        let smoothing = Double(call.label_smoothing)
        for row in 0..<max(0, Int(call.rows)) {
            let z = logits + row * classes
            let target = Int(targets[row])
            let isValid = target >= 0 && target < classes
            var largest = -Double.infinity
            for j in 0..<classes { largest = max(largest, Double(z[j])) }
            var total = 0.0
            var mean = 0.0
            for j in 0..<classes {
                total += exp(Double(z[j]) - largest)
                mean += Double(z[j]) / Double(classes)
            }
            let normaliser = largest + log(total)
            if let losses = call.losses {
                let loss = isValid ? normaliser - Double(z[target]) : .nan
                losses[row] = Float(
                    smoothing == 0 ? loss : (1 - smoothing) * loss + smoothing * (normaliser - mean))
            }
            let factor = isValid ? Double(call.scale) * Double(call.weights?[row] ?? 1) : 0
            for j in 0..<classes {
                let logProbability = Double(z[j]) - normaliser
                call.log_probabilities?[row * classes + j] = Float(logProbability)
                if let gradients = call.dlogits {
                    let goal = (j == target ? 1 - smoothing : 0) + smoothing / Double(classes)
                    gradients[row * classes + j] = factor == 0 ? 0 : Float(factor * (exp(logProbability) - goal))
                }
            }
        }
    }

    static func rotary(
        rows: Int, length: Int, heads: Int, headSize: Int, _ x: UnsafeMutablePointer<Float>, stride: Int,
        cosine: UnsafePointer<Float>, sine: UnsafePointer<Float>, direction: Int32
    ) {
        guard length > 0 else { return }
        let half = headSize / 2
        for row in 0..<max(0, rows) {
            for head in 0..<heads {
                for j in 0..<half {
                    let low = row * stride + head * headSize + j
                    let c = Double(cosine[row % length * half + j])
                    let s = Double(sine[row % length * half + j]) * (direction < 0 ? -1 : 1)
                    let a = Double(x[low])
                    let b = Double(x[low + half])
                    x[low] = Float(a * c - b * s)
                    x[low + half] = Float(b * c + a * s)
                }
            }
        }
    }

    static func embedding(
        rows: Int, length: Int, width: Int, _ tokens: UnsafePointer<Int32>, _ table: UnsafePointer<Float>,
        _ positions: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<max(0, rows) {
            for j in 0..<width {
                let shift = positions.map { $0[row % length * width + j] } ?? 0
                y[row * width + j] = table[Int(tokens[row]) * width + j] + shift
            }
        }
    }

    static func embeddingBackward(
        rows: Int, length: Int, width: Int, _ tokens: UnsafePointer<Int32>, _ dy: UnsafePointer<Float>,
        table: UnsafeMutablePointer<Float>?, positions: UnsafeMutablePointer<Float>?
    ) {
        for row in 0..<max(0, rows) {
            for j in 0..<width {
                table?[Int(tokens[row]) * width + j] += dy[row * width + j]
                positions?[row % length * width + j] += dy[row * width + j]
            }
        }
    }
}
