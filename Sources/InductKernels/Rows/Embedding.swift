// SPDX-License-Identifier: Apache-2.0

// y[r] = table[tokens[r]] + positions[r mod length]; the gradients are added in order of r.

import CVectors

func embedding(
    rows: Int, length: Int, width: Int, _ tokens: UnsafePointer<Int32>, _ table: UnsafePointer<Float>,
    _ positions: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>
) {
    var position = 0
    for row in 0..<rows {
        let from = table + Int(tokens[row]) * width
        let shift = positions.map { $0 + position * width }
        let to = y + row * width
        forEachVector(width) { offset, count in
            let value = load(from + offset, count: count)
            store(shift.map { value + load($0 + offset, count: count) } ?? value, to + offset, count: count)
        }
        position = position + 1 == length ? 0 : position + 1
    }
}

func embeddingBackward(
    rows: Int, length: Int, width: Int, _ tokens: UnsafePointer<Int32>, _ dy: UnsafePointer<Float>,
    table: UnsafeMutablePointer<Float>?, positions: UnsafeMutablePointer<Float>?
) {
    var position = 0
    for row in 0..<rows {
        let from = dy + row * width
        if let table { add(count: width, from, to: table + Int(tokens[row]) * width) }
        if let positions { add(count: width, from, to: positions + position * width) }
        position = position + 1 == length ? 0 : position + 1
    }
}
