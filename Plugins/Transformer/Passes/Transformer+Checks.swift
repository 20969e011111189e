// SPDX-License-Identifier: Apache-2.0

import InductSDK

// What a pass must bring, checked once at its start; the rest of the pass trusts it.

extension Transformer {
    /// The pass's tokens `[count, length]`, all of them in `[0, vocabulary)`.
    func checkedTokens(_ pass: borrowing Pass) throws(InductError) -> UnsafePointer<Int32> {
        guard pass.length >= 0 && pass.length <= options.maximumLength else {
            throw InductError(
                .outOfRange,
                "a pass of \(pass.length) positions, but the transformer was made for \(options.maximumLength): "
                    + "make it with a greater length")
        }
        guard let tokens = pass.integers(tokensIndex) else {
            throw InductError(.invalidArgument, "the pass brings no tensor \"tokens\"")
        }
        let limit = UInt32(options.vocabulary)
        var isValid = true
        for row in 0..<pass.count * pass.length { isValid = isValid && UInt32(bitPattern: tokens[row]) < limit }
        guard isValid else { throw outside(tokens, count: pass.count, length: pass.length) }
        return tokens
    }

    private func outside(_ tokens: UnsafePointer<Int32>, count: Int, length: Int) -> InductError {
        let row = (0..<count * length).first { tokens[$0] < 0 || Int(tokens[$0]) >= options.vocabulary } ?? 0
        return InductError(
            .outOfRange,
            "token \(tokens[row]) in row \(row / length) at position \(row % length) lies outside "
                + "[0, \(options.vocabulary)): the source's schema promises another vocabulary")
    }

    /// The workspace, if it is large enough.
    func workspace(_ pass: borrowing Pass) throws(InductError) -> Workspace {
        let layout = workspaceLayout(mode: pass.mode, count: pass.count, length: pass.length)
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
