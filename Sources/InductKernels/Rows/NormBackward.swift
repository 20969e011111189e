// SPDX-License-Identifier: Apache-2.0

// With xhat = (x - mean) inverse and g = dy gain, for each row:
//
//      dx     = inverse (g - mean(g) - xhat mean(g xhat)) + dresidual      (RMS norm: without mean(g))
//      dgain += dy xhat, dbias += dy                                        summed over rows
//
// Four rows are taken side by side. The sums over rows are taken in order, in blocks of 64 rows, each in scratch, then added to the total in order.

import CInduct
import CVectors

/// Columns whose partial sums fit into scratch together.
private var columnsPerStrip: Int { 16 * 1024 }
private var rowsPerBlock: Int { 64 }

/// Scratch that the gradient of a norm uses, in floats.
///
/// Strips are whole vectors, so that sums need no mask.
var normBackwardScratch: Int { 2 * columnsPerStrip }

func normBackward(_ call: induct_norm) {
    let rows = Int(call.rows)
    let columns = Int(call.columns)
    guard columns > 0, let x = call.x, let gain = call.gain, let dy = call.dy, let inverse = call.inverse else {
        return
    }
    if call.dx != nil {
        forEachRow(rows) {
            NormRowsGradient<4>.inputs(call, row: $0, x, gain: gain, dy, inverse: inverse)
        } _: {
            NormRowsGradient<1>.inputs(call, row: $0, x, gain: gain, dy, inverse: inverse)
        }
    }
    parameterGradients(call, x: x, dy: dy, inverse: inverse)
}

private func parameterGradients(
    _ call: induct_norm, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, inverse: UnsafePointer<Float>
) {
    let rows = Int(call.rows)
    let columns = Int(call.columns)
    guard let scratch = call.scratch?.assumingMemoryBound(to: Float.self) else { return }
    var first = 0
    while first < columns {
        let width = min(columnsPerStrip, columns - first)
        let gainSums = scratch
        let biasSums = scratch + columnsPerStrip
        if call.accumulate == 0 {
            call.dgain.map { ($0 + first).update(repeating: 0, count: width) }
            call.dbias.map { ($0 + first).update(repeating: 0, count: width) }
        }
        var row = 0
        while row < rows {
            let count = min(rowsPerBlock, rows - row)
            gainSums.update(repeating: 0, count: width)
            biasSums.update(repeating: 0, count: width)
            forEachRow(count) {
                NormRowsGradient<4>.parameters(
                    call, row: row + $0, x + first, dy + first, inverse: inverse, width: width, gainSums, biasSums)
            } _: {
                NormRowsGradient<1>.parameters(
                    call, row: row + $0, x + first, dy + first, inverse: inverse, width: width, gainSums, biasSums)
            }
            if let dgain = call.dgain { add(count: width, gainSums, to: dgain + first) }
            if let dbias = call.dbias { add(count: width, biasSums, to: dbias + first) }
            row += count
        }
        first += width
    }
}

private enum NormRowsGradient<let rows: Int> {
    /// dx of these rows.
    @inline(always)
    static func inputs(
        _ call: induct_norm, row: Int, _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>,
        _ dy: UnsafePointer<Float>, inverse: UnsafePointer<Float>
    ) {
        guard let dx = call.dx else { return }
        let columns = Int(call.columns)
        let start = row * columns
        let means = each { call.center != 0 ? call.mean?[row + $0] ?? 0 : 0 }
        let inverses = each { inverse[row + $0] }
        var gradientSums = InlineArray<rows, Vector>(repeating: .zeros)
        var productSums = InlineArray<rows, Vector>(repeating: .zeros)
        forEachVector(columns) { offset, count in
            let gains = Vector.loaded(gain + offset, count: count)
            for i in 0..<rows {
                let at = start + i * columns + offset
                let gradient = .loaded(dy + at, count: count) * gains
                gradientSums[i] += gradient
                productSums[i] = fusedMultiplyAdd(
                    gradient, normal(x + at, count, means[i], inverses[i]), productSums[i])
            }
        }
        let centers = call.center != 0
        for i in 0..<rows {
            gradientSums[i] = Vector(repeating: centers ? sum(gradientSums[i]) / Float(columns) : 0)
            productSums[i] = Vector(repeating: sum(productSums[i]) / Float(columns))
        }
        forEachVector(columns) { offset, count in
            let gains = Vector.loaded(gain + offset, count: count)
            for i in 0..<rows {
                let at = start + i * columns + offset
                let gradient = .loaded(dy + at, count: count) * gains
                let normal = normal(x + at, count, means[i], inverses[i])
                let centred = fusedMultiplyAdd(-normal, productSums[i], gradient - gradientSums[i])
                let after = call.dresidual.map { .loaded($0 + at, count: count) } ?? Vector.zeros
                fusedMultiplyAdd(centred, inverses[i], after).store(to: dx + at, count: count)
            }
        }
    }

    /// Adds these rows, one after the other, to the sums of `width` columns, at which `x` and `dy` begin.
    @inline(always)
    static func parameters(
        _ call: induct_norm, row: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        inverse: UnsafePointer<Float>, width: Int, _ gainSums: UnsafeMutablePointer<Float>,
        _ biasSums: UnsafeMutablePointer<Float>
    ) {
        let columns = Int(call.columns)
        let start = row * columns
        let means = each { call.center != 0 ? call.mean?[row + $0] ?? 0 : 0 }
        let inverses = each { inverse[row + $0] }
        forEachVector(width) { offset, count in
            var gainSum = load(gainSums + offset)
            var biasSum = load(biasSums + offset)
            for i in 0..<rows {
                let at = start + i * columns + offset
                let gradient = Vector.loaded(dy + at, count: count)
                gainSum = fusedMultiplyAdd(gradient, normal(x + at, count, means[i], inverses[i]), gainSum)
                biasSum += gradient
            }
            store(gainSum, gainSums + offset)
            store(biasSum, biasSums + offset)
        }
    }

    /// xhat at one vector of a row.
    @inline(always)
    private static func normal(
        _ values: UnsafePointer<Float>, _ count: Int, _ mean: Vector, _ inverse: Vector
    ) -> Vector {
        (.loaded(values, count: count) - mean) * inverse
    }

    /// A number of each row, in all lanes.
    @inline(always)
    private static func each(_ number: (_ row: Int) -> Float) -> InlineArray<rows, Vector> {
        var all = InlineArray<rows, Vector>(repeating: .zeros)
        for i in 0..<rows { all[i] = Vector(repeating: number(i)) }
        return all
    }
}
