// SPDX-License-Identifier: Apache-2.0

public import CInduct

/// A part of a need's samples: induct_evaluation_batch with Swift's types.
///
/// A view of the host's memory, valid during the call. What was not asked for is nil. Shapes are compact and row-major.
public struct EvaluationBatch: ~Copyable {
    /// The call as the host made it; fields the host does not know are zero.
    public let call: induct_evaluation_batch

    init(required batch: UnsafePointer<induct_evaluation_batch>?) throws(InductError) {
        guard let batch else { throw InductError(.internal, "the host called consume without a batch") }
        call = readGrowable(batch)
    }

    /// Which need this answers.
    public var need: Int { Int(call.need) }
    /// Training steps done.
    public var step: UInt64 { call.step }
    /// Index of the first sample.
    public var first: UInt64 { call.first }
    /// Samples of this part.
    public var count: Int { Int(call.count) }
    /// Items of the inputs.
    public var length: Int { Int(call.length) }
    /// Predicted positions P.
    public var positions: Int { Int(call.positions) }
    /// Classes, or for regression outputs.
    public var classes: Int { Int(call.classes) }
    /// `[count, P, classes]`: log-probabilities, or values.
    public var predictions: UnsafePointer<Float>? { call.predictions }
    /// `[count, P]`, nats for cross-entropy.
    public var losses: UnsafePointer<Float>? { call.losses }
    /// `[count, P, classes]`: the Bayes-optimal predictive law.
    public var oracle: UnsafePointer<Double>? { call.oracle }
    /// `[count, P, beliefSize]`.
    public var belief: UnsafePointer<Double>? { call.belief }
    /// `[count, P, componentCount]`.
    public var posterior: UnsafePointer<Double>? { call.posterior }
    /// Numbers of a belief.
    public var beliefSize: Int { Int(call.belief_size) }
    /// Components of the source.
    public var componentCount: Int { Int(call.component_count) }
    /// `[count, P, expertCount]`: the weights of the outermost gate.
    public var gate: UnsafePointer<Float>? { call.gate }
    /// `[count, P, expertCount]`: losses of the experts under the outermost gate, each by itself.
    public var expertLosses: UnsafePointer<Float>? { call.expert_losses }
    /// Experts of the outermost gate.
    public var expertCount: Int { Int(call.expert_count) }
    /// Parameters of the model.
    public var parameterCount: Int { Int(call.parameter_count) }

    /// The int32 elements of the tensor with this index in the schema; nil when it is missing.
    public func integers(_ index: Int) -> UnsafePointer<Int32>? {
        elementsOfTensor(index, call.tensors, call.tensor_count)?.assumingMemoryBound(to: Int32.self)
    }

    /// The float32 elements of the tensor with this index in the schema; nil when it is missing.
    public func floats(_ index: Int) -> UnsafePointer<Float>? {
        elementsOfTensor(index, call.tensors, call.tensor_count)?.assumingMemoryBound(to: Float.self)
    }

    /// The point with this index in the need, float32; nil when it was not asked for.
    public func point(_ index: Int) throws(InductError) -> Tensor? {
        guard index < Int(call.point_count), let tensor = call.points?[index] else { return nil }
        return try Tensor(tensor)
    }

    /// How many points there are.
    public var pointCount: Int { Int(call.point_count) }

    /// The model's name for the point with this index; nil from hosts that do not say.
    public func pointName(_ index: Int) -> String? {
        index < pointCount ? text(call.point_names?[index]) : nil
    }

    /// Of which component each entry of a belief is a state, `[beliefSize]`; nil: not known, or there is one.
    public var componentOfBelief: UnsafePointer<UInt32>? { call.component_of_belief }

    /// The name and values of a parameter of the model.
    public func parameter(_ index: Int) -> (name: String, shape: [Int], values: UnsafePointer<Float>)? {
        guard index < parameterCount, let description = call.parameter_descriptions?[index],
            let values = call.parameters?[index]
        else { return nil }
        let record = readGrowable(description)
        let shape = (0..<Int(record.rank)).map { Int(record.shape[$0]) }
        return (text(record.name) ?? "", shape, values)
    }
}
