// SPDX-License-Identifier: Apache-2.0

// What functions of one variable are written for: a vector, or four of them side by side. An exponential is a chain of
// operations that wait for each other; four chains, one step of each after the other, keep the pipes busy where the
// processor would not look far enough ahead. Each element's operations, and so its bits, are the same either way.

import CVectors

protocol Lanes {
    init(repeating value: Float)
    /// The first `count` floats of a vector, zero in the others; `count` means nothing where there are several vectors.
    static func loaded(_ from: UnsafePointer<Float>, count: Int) -> Self
    func store(to place: UnsafeMutablePointer<Float>, count: Int)

    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static prefix func - (a: Self) -> Self
    /// a b + c.
    static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self
    /// The greater; b where one is not a number.
    static func greater(_ a: Self, _ b: Self) -> Self
    static func smaller(_ a: Self, _ b: Self) -> Self
    /// `yes` where a < b, else `no`.
    static func choice(_ a: Self, less b: Self, _ yes: Self, else no: Self) -> Self
    static func size(_ a: Self) -> Self
    /// The low nine bits as sign and exponent of a float.
    static func power(_ a: Self) -> Self
}

extension Lanes {
    @inline(always)
    static var zeros: Self { Self(repeating: 0) }
}

extension Vector: Lanes {
    @inline(always)
    static func loaded(_ from: UnsafePointer<Float>, count: Int) -> Vector {
        count == lanes ? load(from) : load(from, count: count)
    }

    @inline(always)
    func store(to place: UnsafeMutablePointer<Float>, count: Int) {
        if count == lanes { CVectors.store(self, place) } else { CVectors.store(self, place, count: count) }
    }

    @inline(always)
    static func / (a: Vector, b: Vector) -> Vector { quotient(a, b) }

    @inline(always)
    static func fused(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { fusedMultiplyAdd(a, b, c) }

    @inline(always)
    static func greater(_ a: Vector, _ b: Vector) -> Vector { maximum(a, b) }

    @inline(always)
    static func smaller(_ a: Vector, _ b: Vector) -> Vector { minimum(a, b) }

    @inline(always)
    static func choice(_ a: Vector, less b: Vector, _ yes: Vector, else no: Vector) -> Vector {
        select(a, less: b, yes, else: no)
    }

    @inline(always)
    static func size(_ a: Vector) -> Vector { magnitude(a) }

    @inline(always)
    static func power(_ a: Vector) -> Vector { floats(bits: shiftedLeft(bits(a), 23)) }
}

/// Four vectors.
struct Four: Lanes {
    var a, b, c, d: Vector

    @inline(always)
    static var count: Int { 4 * lanes }

    @inline(always)
    init(_ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

    @inline(always)
    init(repeating value: Float) { self.init(repeating: Vector(repeating: value)) }

    @inline(always)
    init(repeating value: Vector) { self.init(value, value, value, value) }

    @inline(always)
    static func loaded(_ from: UnsafePointer<Float>, count: Int = 0) -> Four {
        Four(load(from), load(from + lanes), load(from + 2 * lanes), load(from + 3 * lanes))
    }

    @inline(always)
    func store(to place: UnsafeMutablePointer<Float>, count: Int = 0) {
        CVectors.store(a, place)
        CVectors.store(b, place + lanes)
        CVectors.store(c, place + 2 * lanes)
        CVectors.store(d, place + 3 * lanes)
    }

    /// `sum` and the four vectors, added one after the other as if they had come singly.
    @inline(always)
    func added(to sum: Vector) -> Vector { (((sum + a) + b) + c) + d }

    @inline(always)
    private static func each(_ x: Four, _ y: Four, _ body: (Vector, Vector) -> Vector) -> Four {
        Four(body(x.a, y.a), body(x.b, y.b), body(x.c, y.c), body(x.d, y.d))
    }

    @inline(always)
    static func + (x: Four, y: Four) -> Four { each(x, y) { $0 + $1 } }

    @inline(always)
    static func - (x: Four, y: Four) -> Four { each(x, y) { $0 - $1 } }

    @inline(always)
    static func * (x: Four, y: Four) -> Four { each(x, y) { $0 * $1 } }

    @inline(always)
    static func / (x: Four, y: Four) -> Four { each(x, y) { $0 / $1 } }

    @inline(always)
    static prefix func - (x: Four) -> Four { Four(-x.a, -x.b, -x.c, -x.d) }

    @inline(always)
    static func fused(_ x: Four, _ y: Four, _ z: Four) -> Four {
        Four(
            fusedMultiplyAdd(x.a, y.a, z.a), fusedMultiplyAdd(x.b, y.b, z.b), fusedMultiplyAdd(x.c, y.c, z.c),
            fusedMultiplyAdd(x.d, y.d, z.d))
    }

    @inline(always)
    static func greater(_ x: Four, _ y: Four) -> Four { each(x, y) { maximum($0, $1) } }

    @inline(always)
    static func smaller(_ x: Four, _ y: Four) -> Four { each(x, y) { minimum($0, $1) } }

    @inline(always)
    static func choice(_ x: Four, less y: Four, _ yes: Four, else no: Four) -> Four {
        Four(
            select(x.a, less: y.a, yes.a, else: no.a), select(x.b, less: y.b, yes.b, else: no.b),
            select(x.c, less: y.c, yes.c, else: no.c), select(x.d, less: y.d, yes.d, else: no.d))
    }

    @inline(always)
    static func size(_ x: Four) -> Four { Four(magnitude(x.a), magnitude(x.b), magnitude(x.c), magnitude(x.d)) }

    @inline(always)
    static func power(_ x: Four) -> Four { Four(.power(x.a), .power(x.b), .power(x.c), .power(x.d)) }
}
