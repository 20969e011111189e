// SPDX-License-Identifier: Apache-2.0

/// By what an online rule keeps its state apart: the source's int32 tensor with the role `key`, or nothing.
///
/// The host shows keys to models that learn online, and to no others.
public struct OnlineKeys: Sendable {
    /// What a part declares whose user chooses between one state and one for every key.
    ///
    /// - Parameters:
    ///   - isDefault: Whether there is one for every key unless said otherwise.
    ///   - what: What there is one of: "weights".
    /// - Returns: the parameter `per_key`.
    public static func option(default isDefault: Bool, _ what: String) -> Parameter {
        .boolean("per_key", default: isDefault, "\(what) for every value of the source's key, or one for all")
    }

    /// Values that a key can have; 1 without.
    public let count: Int
    /// Of the tensor; nil: one state for all.
    private let index: Int?
    /// Keys of a sample: one, or one for each position.
    private let perSample: Int
    /// P; nil: the length of the pass.
    private let positions: Int?

    /// As the option `per_key` says.
    ///
    /// - Throws: `InductError` for a source whose key cannot be used.
    public init(_ schema: Schema, _ configuration: Configuration) throws(InductError) {
        if case .constant(let count) = schema.positions { positions = count } else { positions = nil }
        guard try configuration.boolean("per_key") else {
            (count, index, perSample) = (1, nil, 1)
            return
        }
        guard let index = schema.tensors.firstIndex(where: { $0.role == .key && $0.type == .int32 }) else {
            throw InductError.invalid("this source has no key to keep states apart by: write per_key=false")
        }
        let tensor = schema.tensors[index]
        guard let limit = tensor.limit, limit > 0 else {
            throw InductError.invalid(
                "the source does not say how many values its key '\(tensor.name)' has: write per_key=false")
        }
        let perSample = tensor.shape.dropFirst().reduce(1) { $0 * $1.bound(batch: 0, length: 0) }
        guard perSample == 1 || perSample == positions else {
            throw InductError.invalid(
                "the source's key '\(tensor.name)' has \(perSample) values for a sample: one is needed, or one for each "
                    + "predicted position; write per_key=false")
        }
        (count, self.index, self.perSample) = (limit, index, perSample)
    }

    /// Predicted positions of a sample of `length` items.
    public func positions(length: Int) -> Int { positions ?? length }

    /// The keys of a pass.
    public func keys(_ pass: borrowing Pass) throws(InductError) -> Keys {
        try keys(index.flatMap { pass.integers($0) }, length: pass.length)
    }

    /// The keys of an observation.
    public func keys(_ observation: borrowing Observation) throws(InductError) -> Keys {
        try keys(index.flatMap { observation.integers($0) }, length: observation.length)
    }

    private func keys(_ values: UnsafePointer<Int32>?, length: Int) throws(InductError) -> Keys {
        guard index == nil || values != nil else {
            throw InductError(.invalidArgument, "the host shows no keys, which an online model may see")
        }
        return Keys(
            values: values, limit: count, positions: positions(length: length),
            isByPosition: perSample > 1)
    }

    /// The keys of the samples at hand.
    public struct Keys {
        fileprivate let values: UnsafePointer<Int32>?
        fileprivate let limit: Int
        fileprivate let positions: Int
        fileprivate let isByPosition: Bool

        /// That of row `sample * P + position`, in `[0, count)`.
        ///
        /// - Throws: `InductError` for a key outside.
        public func key(row: Int) throws(InductError) -> Int {
            guard let values else { return 0 }
            let key = Int(values[isByPosition ? row : row / positions])
            guard key >= 0 && key < limit else {
                throw InductError(.outOfRange, "a key is \(key), and its schema promises values in [0, \(limit))")
            }
            return key
        }
    }
}
