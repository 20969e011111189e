// SPDX-License-Identifier: Apache-2.0

/// What a model without attention reads of a batch: one row of floats for every predicted position.
///
/// - Next-token sources: for position i the current token, one-hot `[V]`; unless only the query is read, then how large a
///   share of tokens 0 ... i each token has, `[V]`. A position sees nothing of what comes after it.
/// - Sources with one predicted position: all float inputs, flattened, or of "inputs" `[batch, items, ...]` the last item,
///   the query; and, when asked for, the context's labels, class ids as one-hot vectors.
public struct InputFeatures: Sendable {
    /// Which of the inputs are read.
    public enum Selection: String, Sendable {
        /// The current token, or the last item.
        case query
        /// Everything that the model may see.
        case all
    }

    /// One input tensor: where its columns begin in it, how many of a sample's are skipped and read.
    private enum Part: Sendable {
        case tokens(index: Int, vocabulary: Int, hasShares: Bool)
        case floats(index: Int, size: Int, skipped: Int)
        case classes(index: Int, size: Int, classes: Int)

        var width: Int {
            switch self {
            case .tokens(_, let vocabulary, let hasShares): hasShares ? 2 * vocabulary : vocabulary
            case .floats(_, let size, let skipped): size - skipped
            case .classes(_, let size, let classes): size * classes
            }
        }
    }

    private let parts: [Part]
    /// Columns of the features.
    public let width: Int
    /// Rows are positions of a sequence; otherwise whole samples.
    private let isByPosition: Bool

    /// Finds the inputs in a bound schema.
    ///
    /// - Parameters:
    ///   - schema: As `Creation` gives it.
    ///   - selection: Which inputs.
    ///   - withLabels: Also the context's int32 inputs; not together with the query alone.
    /// - Throws: `InductError` for a source that has no such inputs.
    public init(_ schema: Schema, _ selection: Selection, withLabels: Bool) throws(InductError) {
        let inputs = schema.tensors.indices.filter { schema.tensors[$0].role == .input }
        isByPosition = schema.task == .nextToken
        var parts: [Part] = []
        if isByPosition {
            guard inputs.count == 1, let index = inputs.first, schema.tensors[index].type == .int32 else {
                throw InductError.invalid("it reads the tokens of a next-token source, and nothing beside them")
            }
            parts = [
                .tokens(
                    index: index, vocabulary: schema.tensors[index].limit ?? schema.classes,
                    hasShares: selection == .all)
            ]
        } else {
            guard schema.positions == .constant(1) else {
                throw InductError.invalid(
                    "it reads the inputs of a sample at once, so the source must predict one position, the last")
            }
            guard selection == .all || !withLabels else {
                throw InductError.invalid("labels=true reads the context, and input=query leaves it out: use input=all")
            }
            for index in inputs {
                let tensor = schema.tensors[index]
                let size = try Self.itemSize(tensor)
                switch tensor.type {
                case .float32 where selection == .query:
                    guard tensor.name == "inputs", tensor.shape.count >= 2 else { continue }
                    parts.append(
                        .floats(
                            index: index, size: size,
                            skipped: size - size / max(1, tensor.shape[1].bound(batch: 0, length: 0))))
                case .float32: parts.append(.floats(index: index, size: size, skipped: 0))
                case .int32 where withLabels:
                    parts.append(.classes(index: index, size: size, classes: tensor.limit ?? schema.classes))
                default: break
                }
            }
        }
        self.parts = parts
        width = parts.reduce(0) { $0 + $1.width }
        guard width > 0 else {
            throw InductError.invalid("it finds no inputs that it can read in this source")
        }
    }

    /// Elements of one sample.
    private static func itemSize(_ tensor: TensorSchema) throws(InductError) -> Int {
        var size = 1
        for dimension in tensor.shape.dropFirst() {
            guard case .constant(let count) = dimension else {
                throw InductError(.internal, "a model was given a schema whose length is not bound")
            }
            size *= count
        }
        return size
    }

    /// Rows of a pass over `count` samples of `length` items.
    public func rows(count: Int, length: Int) -> Int { isByPosition ? count * length : count }

    /// The features `[rows, width]`, rows `stride` apart: the pass's own inputs where they are the columns of one tensor,
    /// otherwise written to `memory`, which has room for `[rows, width]`.
    ///
    /// - Throws: `InductError` for an input that is missing or lies outside its limit.
    public func matrix(
        _ pass: borrowing Pass, memory: UnsafeMutablePointer<Float>
    ) throws(InductError) -> (start: UnsafePointer<Float>, stride: Int) {
        if parts.count == 1, case .floats(let index, let size, let skipped) = parts[0] {
            return (try Self.found(pass.floats(index)) + skipped, size)
        }
        try write(pass, to: memory)
        return (UnsafePointer(memory), width)
    }

    private func write(_ pass: borrowing Pass, to features: UnsafeMutablePointer<Float>) throws(InductError) {
        var column = 0
        for part in parts {
            switch part {
            case .tokens(let index, let vocabulary, let hasShares):
                let tokens = try Self.found(pass.integers(index))
                features.update(repeating: 0, count: pass.count * pass.length * width)
                for sequence in 0..<pass.count {
                    try writeTokens(
                        tokens + sequence * pass.length, vocabulary: vocabulary, hasShares: hasShares,
                        length: pass.length, to: features + sequence * pass.length * width)
                }
            case .floats(let index, let size, let skipped):
                let values = try Self.found(pass.floats(index))
                for row in 0..<pass.count {
                    (features + row * width + column).update(
                        from: values + row * size + skipped, count: size - skipped)
                }
            case .classes(let index, let size, let classes):
                let labels = try Self.found(pass.integers(index))
                for row in 0..<pass.count {
                    let to = features + row * width + column
                    to.update(repeating: 0, count: size * classes)
                    for item in 0..<size {
                        to[item * classes + (try Self.checked(labels[row * size + item], below: classes))] = 1
                    }
                }
            }
            column += part.width
        }
    }

    /// The current token and the shares of the tokens so far, of one sequence.
    private func writeTokens(
        _ tokens: UnsafePointer<Int32>, vocabulary: Int, hasShares: Bool, length: Int,
        to features: UnsafeMutablePointer<Float>
    ) throws(InductError) {
        for position in 0..<length {
            let token = try Self.checked(tokens[position], below: vocabulary)
            let row = features + position * width
            row[token] = 1
            guard hasShares else { continue }
            let shares = row + vocabulary
            if position > 0 {
                let before = Float(position) / Float(position + 1)
                for other in 0..<vocabulary { shares[other] = (shares - width)[other] * before }
            }
            shares[token] += 1 / Float(position + 1)
        }
    }

    private static func found<Value>(_ pointer: UnsafePointer<Value>?) throws(InductError) -> UnsafePointer<Value> {
        guard let pointer else { throw InductError(.invalidArgument, "the pass lacks an input of the schema") }
        return pointer
    }

    private static func checked(_ value: Int32, below limit: Int) throws(InductError) -> Int {
        guard value >= 0 && Int(value) < limit else {
            throw InductError(.outOfRange, "an input holds \(value), and its schema promises values in [0, \(limit))")
        }
        return Int(value)
    }
}
