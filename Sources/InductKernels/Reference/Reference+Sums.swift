// SPDX-License-Identifier: Apache-2.0

import CInduct

extension Reference {
    static func add(count: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        for i in 0..<max(0, count) { y[i] += x[i] }
    }

    static func scale(count: Int, by factor: Float, _ x: UnsafeMutablePointer<Float>) {
        for i in 0..<max(0, count) { x[i] *= factor }
    }

    static func sumOfSquares(count: Int, _ x: UnsafePointer<Float>) -> Double {
        var total = 0.0
        for i in 0..<max(0, count) { total += Double(x[i]) * Double(x[i]) }
        return total
    }

    static func columnSums(
        rows: Int, columns: Int, _ x: UnsafePointer<Float>, stride: Int, into y: UnsafeMutablePointer<Float>,
        accumulate: Bool
    ) {
        for j in 0..<max(0, columns) {
            var total = accumulate ? Double(y[j]) : 0
            for row in 0..<max(0, rows) { total += Double(x[row * stride + j]) }
            y[j] = Float(total)
        }
    }
}
