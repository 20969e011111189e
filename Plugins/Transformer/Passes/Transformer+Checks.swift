// SPDX-License-Identifier: Apache-2.0

import InductSDK

// What a pass must bring, checked once at its start; the rest of the pass trusts it.

/// What a pass brings to read.
enum CheckedInputs {
    /// `[count, length]`.
    case tokens(UnsafePointer<Int32>)
    /// `[count, items, features]`, with what the pairs say.
    case examples(inputs: UnsafePointer<Float>, answers: CheckedAnswers)
}

/// What the pairs of a context say, `[count, items - 1]`.
enum CheckedAnswers {
    case labels(UnsafePointer<Int32>)
    case values(UnsafePointer<Float>)
}

extension Transformer {
    /// The pass's inputs: tokens or labels all of them in `[0, vocabulary)`.
    func checkedInputs(_ pass: borrowing Pass) throws(InductError) -> CheckedInputs {
        switch options.input {
        case .tokens(let index):
            guard pass.length >= 0 && pass.length <= options.maximumLength else {
                throw InductError(
                    .outOfRange,
                    "a pass of \(pass.length) positions, but the transformer was made for \(options.maximumLength): "
                        + "make it with a greater length")
            }
            guard let tokens = pass.integers(index) else { throw missing("tokens") }
            try check(tokens, count: pass.count, length: pass.length, "token")
            return .tokens(tokens)
        case .examples(let examples):
            guard let inputs = pass.floats(examples.inputs) else { throw missing("inputs") }
            switch examples.answers {
            case .labels(let index):
                guard let labels = pass.integers(index) else { throw missing("labels") }
                try check(labels, count: pass.count, length: examples.items - 1, "label")
                return .examples(inputs: inputs, answers: .labels(labels))
            case .values(let index):
                guard let values = pass.floats(index) else { throw missing("values") }
                return .examples(inputs: inputs, answers: .values(values))
            }
        }
    }

    private func missing(_ name: String) -> InductError {
        InductError(.invalidArgument, "the pass brings no tensor \"\(name)\"")
    }

    private func check(
        _ ids: UnsafePointer<Int32>, count: Int, length: Int, _ what: String
    ) throws(InductError) {
        let limit = UInt32(options.vocabulary)
        var isValid = true
        for row in 0..<count * length { isValid = isValid && UInt32(bitPattern: ids[row]) < limit }
        guard !isValid else { return }
        let row = (0..<count * length).first { ids[$0] < 0 || Int(ids[$0]) >= options.vocabulary } ?? 0
        throw InductError(
            .outOfRange,
            "\(what) \(ids[row]) in row \(row / length) at position \(row % length) lies outside "
                + "[0, \(options.vocabulary)): the source's schema promises others")
    }

    /// The workspace, if it is large enough.
    func workspace(_ pass: borrowing Pass) throws(InductError) -> Workspace {
        let layout = workspaceLayout(mode: pass.mode, count: pass.count, length: length(pass))
        guard pass.workspaceSize >= layout.size * MemoryLayout<Float>.stride else {
            throw InductError(
                .invalidArgument,
                "the workspace has \(pass.workspaceSize) bytes, but workspace_size asked for "
                    + "\(layout.size * MemoryLayout<Float>.stride)")
        }
        return Workspace(layout: layout, memory: pass.workspace)
    }

    /// Every gradient has its place: no parameter of the transformer is frozen.
    func checkGradients(_ pass: borrowing Pass) throws(InductError) {
        for index in 0..<layout.parameters.count where pass.gradient(index) == nil {
            throw InductError(
                .invalidArgument, "the pass has no room for the gradient of \(layout.parameters[index].name)")
        }
    }
}
