// SPDX-License-Identifier: Apache-2.0

import CVectors

/// Floats in one vector register.
@inline(always)
var lanes: Int { Vector.scalarCount }

/// The smallest multiple of `step` that is at least `count`.
@inline(always)
func roundedUp(_ count: Int, toMultipleOf step: Int) -> Int { (count + step - 1) / step * step }

/// Calls `body(offset, count)` for each vector of a row of `count` floats: whole vectors first, then what is left.
@inline(always)
func forEachVector(_ count: Int, _ body: (_ offset: Int, _ count: Int) -> Void) {
    var offset = 0
    while offset + lanes <= count {
        body(offset, lanes)
        offset += lanes
    }
    if offset < count { body(offset, count - offset) }
}

/// 0, 1, 2, ...
@inline(always)
var laneNumbers: Vector {
    #if V4
        Vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    #elseif V3
        Vector(0, 1, 2, 3, 4, 5, 6, 7)
    #else
        Vector(0, 1, 2, 3)
    #endif
}

/// The same as two loops: `fours(offset)` for each four vectors, then `body(offset, count)` for each vector that is left.
@inline(always)
func forEachFour(_ count: Int, _ fours: (_ offset: Int) -> Void, _ body: (_ offset: Int, _ count: Int) -> Void) {
    var offset = 0
    while offset + Four.count <= count {
        fours(offset)
        offset += Four.count
    }
    forEachVector(count - offset) { body(offset + $0, $1) }
}
