// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// The labels of the k examples nearest to the query: p_c = max((1 - floor C) votes_c / k + floor, 10^-7).
///
/// Distances are squared Euclidean ones, or 1 - cosine; of equally near examples the first counts. It has no parameters.
///
/// - Complexity: O(L (d + k)) a sample for L examples of d floats.
///
/// Source: Cover and Hart, "Nearest neighbor pattern classification", 1967.
final class NearestNeighbours: Architecture {
    static let name = "knn"
    static let summary = "the labels of the nearest examples in the context"
    static let parameters: [Parameter] = [
        .integer("k", default: 1, in: 1...65536, "examples that vote"),
        .string("distance", default: "euclidean", values: ["euclidean", "cosine"], "between an example and the query"),
        Ballot.floorOption,
    ]
    static let examples = ["knn", "knn(k=2, distance=cosine, floor=0.01)"]

    private let context: LabelledContext
    private let ballot: Ballot
    private let voters: Int
    private let isCosine: Bool

    init(_ creation: Creation) throws {
        context = try LabelledContext(creation.schema, for: Self.name)
        ballot = try Ballot(creation.configuration, classes: context.classes)
        voters = try creation.configuration.integer("k")
        isCosine = try creation.configuration.string("distance") == "cosine"
        guard voters <= context.pairs else {
            throw InductError.invalid(
                "k=\(voters) examples are to vote, and the context has \(context.pairs): lower k, or lengthen the context"
            )
        }
    }

    var output: OutputKind { .probabilities }
    var isDifferentiable: Bool { false }
    var modelParameters: [ModelParameter] { [] }

    /// Distances of one sample's examples.
    func workspaceSize(mode: PassMode, count: Int, length: Int) -> Int {
        context.pairs * MemoryLayout<Float>.stride
    }

    func forward(_ pass: borrowing Pass) throws {
        let (inputs, labels) = try context.tensors(pass)
        guard pass.workspaceSize >= workspaceSize(mode: pass.mode, count: pass.count, length: pass.length) else {
            throw InductError(.invalidArgument, "the workspace is smaller than workspace_size asked for")
        }
        let distances = pass.workspace.assumingMemoryBound(to: Float.self)
        let (pairs, classes) = (context.pairs, context.classes)
        let vote = 1 / Float(voters)
        for row in 0..<pass.count {
            let items = inputs + row * context.items * context.size
            let query = items + pairs * context.size
            for i in 0..<pairs { distances[i] = distance(items + i * context.size, query) }
            let outputs = pass.outputs + row * classes
            outputs.update(repeating: 0, count: classes)
            for _ in 0..<voters {
                var nearest = 0
                for i in 1..<max(1, pairs) where distances[i] < distances[nearest] { nearest = i }
                outputs[Int(labels[row * pairs + nearest])] += vote
                distances[nearest] = .infinity
            }
            for c in 0..<classes { outputs[c] = ballot.probability(outputs[c]) }
        }
    }

    /// There is nothing to train.
    func backward(_ pass: borrowing Pass) throws {}

    private func distance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
        guard isCosine else { return context.squaredDistance(a, b) }
        let lengths = (context.product(a, a) * context.product(b, b)).squareRoot()
        return lengths > 0 ? 1 - context.product(a, b) / lengths : 1
    }
}
