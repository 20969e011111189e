// SPDX-License-Identifier: Apache-2.0

// With xhat = (x - mean) inverse and g = dy gain, for each row:
//
//      dx     = inverse (g - mean(g) - xhat mean(g xhat)) + dresidual      (RMS norm: without mean(g))
//      dgain += dy xhat, dbias += dy                                        summed over rows
//
// The sums over rows are taken in blocks of 64 rows, each in scratch, then added to the total in order.

import CInduct
import CVectors

/// Columns whose partial sums fit into scratch together.
private var columnsPerStrip: Int { 16 * 1024 }
private var rowsPerBlock: Int { 64 }

/// Scratch that the gradient of a norm uses, in floats.
var normBackwardScratch: Int { 2 * columnsPerStrip }

func normBackward(_ call: induct_norm) {
    let rows = Int(call.rows)
    let columns = Int(call.columns)
    guard columns > 0, let x = call.x, let gain = call.gain, let dy = call.dy, let inverse = call.inverse else {
        return
    }
    let centers = call.center != 0
    if let dx = call.dx {
        for row in 0..<rows {
            let values = x + row * columns
            let from = dy + row * columns
            let to = dx + row * columns
            let means = Vector(repeating: centers ? call.mean?[row] ?? 0 : 0)
            let inverses = Vector(repeating: inverse[row])
            var gradientSums = Vector.zeros
            var productSums = Vector.zeros
            forEachVector(columns) { offset, count in
                let gradient = load(from + offset, count: count) * load(gain + offset, count: count)
                let normal = (load(values + offset, count: count) - means) * inverses
                gradientSums += gradient
                productSums = fusedMultiplyAdd(gradient, normal, productSums)
            }
            let meanGradient = Vector(repeating: centers ? sum(gradientSums) / Float(columns) : 0)
            let meanProduct = Vector(repeating: sum(productSums) / Float(columns))
            let residual = call.dresidual.map { $0 + row * columns }
            forEachVector(columns) { offset, count in
                let gradient = load(from + offset, count: count) * load(gain + offset, count: count)
                let normal = (load(values + offset, count: count) - means) * inverses
                let centred = fusedMultiplyAdd(-normal, meanProduct, gradient - meanGradient)
                let after = residual.map { load($0 + offset, count: count) } ?? .zeros
                store(fusedMultiplyAdd(centred, inverses, after), to + offset, count: count)
            }
        }
    }
    parameterGradients(call, x: x, dy: dy, inverse: inverse)
}

private func parameterGradients(
    _ call: induct_norm, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, inverse: UnsafePointer<Float>
) {
    let rows = Int(call.rows)
    let columns = Int(call.columns)
    let centers = call.center != 0
    guard let scratch = call.scratch?.assumingMemoryBound(to: Float.self) else { return }
    var firstColumn = 0
    while firstColumn < columns {
        let width = min(columnsPerStrip, columns - firstColumn)
        let gainSums = scratch
        let biasSums = scratch + columnsPerStrip
        if call.accumulate == 0 {
            call.dgain.map { ($0 + firstColumn).update(repeating: 0, count: width) }
            call.dbias.map { ($0 + firstColumn).update(repeating: 0, count: width) }
        }
        var row = 0
        while row < rows {
            let end = min(rows, row + rowsPerBlock)
            gainSums.update(repeating: 0, count: width)
            biasSums.update(repeating: 0, count: width)
            while row < end {
                let values = x + row * columns + firstColumn
                let from = dy + row * columns + firstColumn
                let means = Vector(repeating: centers ? call.mean?[row] ?? 0 : 0)
                let inverses = Vector(repeating: inverse[row])
                forEachVector(width) { offset, count in
                    let gradient = load(from + offset, count: count)
                    let normal = (load(values + offset, count: count) - means) * inverses
                    let gainSum = fusedMultiplyAdd(gradient, normal, load(gainSums + offset, count: count))
                    store(gainSum, gainSums + offset, count: count)
                    store(gradient + load(biasSums + offset, count: count), biasSums + offset, count: count)
                }
                row += 1
            }
            if let dgain = call.dgain { add(count: width, gainSums, to: dgain + firstColumn) }
            if let dbias = call.dbias { add(count: width, biasSums, to: dbias + firstColumn) }
        }
        firstColumn += width
    }
}
