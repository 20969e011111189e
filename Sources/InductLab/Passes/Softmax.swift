// SPDX-License-Identifier: Apache-2.0

/// Row-wise softmax, where a mixture needs probabilities of an expert that gives logits.
enum Softmax {
    /// y = exp(x - max x) / sum, by row; `x` and `y` are `[rows, width]`.
    static func forward(rows: Int, width: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        for row in 0..<rows {
            let x = x + row * width
            let y = y + row * width
            var largest = -Float.infinity
            for i in 0..<width { largest = max(largest, x[i]) }
            var sum = 0.0
            for i in 0..<width {
                let power = ReproducibleFunctions.exponential(Double(x[i]) - Double(largest))
                sum += power
                y[i] = Float(power)
            }
            let factor = 1 / sum
            for i in 0..<width { y[i] = Float(Double(y[i]) * factor) }
        }
    }

    /// dx = y * (dy - sum(dy * y)), by row, in place of dy.
    static func backward(rows: Int, width: Int, _ y: UnsafePointer<Float>, _ gradients: UnsafeMutablePointer<Float>) {
        for row in 0..<rows {
            let y = y + row * width
            let d = gradients + row * width
            var sum = 0.0
            for i in 0..<width { sum += Double(d[i]) * Double(y[i]) }
            for i in 0..<width { d[i] = Float(Double(y[i]) * (Double(d[i]) - sum)) }
        }
    }
}
