// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A family of functions from R^d to R: how one is drawn, and what it gives.
///
/// - linear: f(x) = w.x, w ~ N(0, I)
/// - sparse: the same, with all but `nonzero` entries of w, at random places, set to 0
/// - relu-network: f(x) = sum_{j<h} a_j max(0, w_j.x), w_j ~ N(0, I), a_j ~ N(0, 2 / h)
/// - decision-tree: a full binary tree; a node asks whether a coordinate drawn uniformly is above 0, a leaf gives N(0, 1)
///
/// A function is its parameters, in one row: w; w_1 ... w_h, then a; the nodes' coordinates by level, then the leaves.
/// Source: Garg, Tsipras, Liang, Valiant, "What can transformers learn in-context? A case study of simple function classes",
/// NeurIPS 2022, sections 3 and 5.
struct RegressionFamily: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case linear
        case sparse
        case reluNetwork = "relu-network"
        case decisionTree = "decision-tree"
    }

    let kind: Kind
    let dimension: Int
    let nonzero: Int
    let hidden: Int
    let depth: Int

    private var nodes: Int { 1 << depth - 1 }
    private var leaves: Int { 1 << depth }

    /// Floats that say which function it is.
    var parameterCount: Int {
        switch kind {
        case .linear, .sparse: dimension
        case .reluNetwork: hidden * (dimension + 1)
        case .decisionTree: nodes + leaves
        }
    }

    /// Where a function's draws come from.
    struct Streams {
        var seed: UInt64
        var normals: DrawPurpose
        var structure: DrawPurpose
        var index: UInt64
    }

    /// Draws a function.
    func draw(_ streams: Streams, _ normals: NormalDraws, into parameters: UnsafeMutablePointer<Float>) {
        let first = kind == .decisionTree ? nodes : 0
        normals.write(
            seed: streams.seed, purpose: streams.normals, index: streams.index, count: parameterCount - first,
            into: parameters + first)
        var stream = RandomStream(seed: streams.seed, purpose: streams.structure, index: streams.index)
        switch kind {
        case .linear: break
        case .sparse:
            // Every set of places alike: Knuth, "The art of computer programming", volume 2, algorithm 3.4.2 S.
            var left = nonzero
            for place in 0..<dimension {
                if randomIndex(stream.next(), below: dimension - place) < left {
                    left -= 1
                } else {
                    parameters[place] = 0
                }
            }
        case .reluNetwork:
            let scale = (2 / Double(hidden)).squareRoot()
            for unit in hidden * dimension..<parameterCount {
                parameters[unit] = Float(Double(parameters[unit]) * scale)
            }
        case .decisionTree:
            for node in 0..<nodes { parameters[node] = Float(randomIndex(stream.next(), below: dimension)) }
        }
    }

    /// f(x), every sum in a fixed order.
    func value(_ parameters: UnsafePointer<Float>, _ input: UnsafePointer<Float>) -> Double {
        switch kind {
        case .linear, .sparse: return product(parameters, input)
        case .reluNetwork:
            var sum = 0.0
            for unit in 0..<hidden {
                let inner = product(parameters + unit * dimension, input)
                if inner > 0 { sum += Double(parameters[hidden * dimension + unit]) * inner }
            }
            return sum
        case .decisionTree:
            var node = 0
            while node < nodes { node = 2 * node + (input[Int(parameters[node])] > 0 ? 2 : 1) }
            return Double(parameters[node])
        }
    }

    /// Products of floats are exact in double precision.
    private func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double {
        var sum = 0.0
        for place in 0..<dimension { sum += Double(a[place]) * Double(b[place]) }
        return sum
    }
}

/// The finitely many functions of a seed, `[tasks, parameters]`.
final class RegressionTasks: @unchecked Sendable {
    let family: RegressionFamily
    let count: Int
    private let values: UnsafeMutablePointer<Float>

    init(_ family: RegressionFamily, count: Int, _ draw: (Int, UnsafeMutablePointer<Float>) -> Void) {
        self.family = family
        self.count = count
        values = .allocate(capacity: count * family.parameterCount)
        for task in 0..<count { draw(task, values + task * family.parameterCount) }
    }

    deinit { values.deallocate() }

    func parameters(_ task: Int) -> UnsafePointer<Float> { UnsafePointer(values + task * family.parameterCount) }
}
