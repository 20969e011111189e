// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// What a predictor that only compares reads: pairs of an item and its label, then the query.
///
/// "inputs" float32 `[batch, items, ...]`, "labels" int32 `[batch, items - 1]`, one predicted position.
struct LabelledContext: Sendable {
    /// Of the tensors in the schema.
    private let inputs: Int
    private let labels: Int
    /// Items of a sample, the query included.
    let items: Int
    /// Floats of an item.
    let size: Int
    let classes: Int

    /// Pairs L of the context.
    var pairs: Int { items - 1 }

    /// - Throws: `InductError` for a source that delivers something else, in the words of the part called `user`.
    init(_ schema: Schema?, for user: String) throws(InductError) {
        guard let schema else { throw InductError(.internal, "\(user) was created without a schema") }
        guard schema.task == .classification, schema.positions == .constant(1),
            let inputs = schema.index(of: "inputs"), let labels = schema.index(of: "labels"),
            schema.tensors[inputs].type == .float32, schema.tensors[labels].type == .int32,
            schema.tensors[inputs].shape.count >= 2, schema.tensors[labels].shape.count == 2
        else {
            let names = schema.tensors.filter { $0.role == .input }.map(\.name).joined(separator: ", ")
            throw InductError.invalid(
                "\(user) compares the query with labelled examples: it needs \"inputs\" float32 [batch, items, ...], "
                    + "\"labels\" int32 [batch, items - 1] and one predicted class, and this source's task is "
                    + "\(schema.task) with the inputs (\(names)): use it on a source of labelled examples")
        }
        let shape = schema.tensors[inputs].shape.map { $0.bound(batch: 0, length: 0) }
        let pairs = schema.tensors[labels].shape[1].bound(batch: 0, length: 0)
        let (items, size) = (shape[1], shape[2...].reduce(1, *))
        guard pairs >= 1, items == pairs + 1, size >= 1 else {
            throw InductError.invalid(
                "\(user) needs at least one labelled pair before the query, and this source gives \(items) items with "
                    + "\(pairs) labels")
        }
        (self.inputs, self.labels, self.items, self.size) = (inputs, labels, items, size)
        classes = schema.classes
    }

    /// The pass's items, `[count, items, size]`, and labels, `[count, items - 1]`, each in `[0, classes)`.
    func tensors(
        _ pass: borrowing Pass
    ) throws(InductError) -> (inputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>) {
        guard let inputs = pass.floats(inputs), let labels = pass.integers(labels) else {
            throw InductError(.invalidArgument, "the pass brings no \"inputs\" or no \"labels\"")
        }
        for index in 0..<pass.count * pairs where labels[index] < 0 || Int(labels[index]) >= classes {
            throw InductError(
                .outOfRange,
                "label \(labels[index]) in row \(index / pairs) at position \(index % pairs) lies outside "
                    + "[0, \(classes)): the source's schema promises others")
        }
        return (inputs, labels)
    }

    /// ||a - b||^2 of two items.
    func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
        var sums = SIMD8<Float>.zero
        var index = 0
        while index + 8 <= size {
            let left = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Float>.self)
            let difference = left - UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Float>.self)
            sums += difference * difference
            index += 8
        }
        var sum = sums.sum()
        while index < size {
            sum += (a[index] - b[index]) * (a[index] - b[index])
            index += 1
        }
        return sum
    }

    /// The inner product of two items.
    func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
        var sum: Float = 0
        for index in 0..<size { sum += a[index] * b[index] }
        return sum
    }
}
