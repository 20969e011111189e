// SPDX-License-Identifier: Apache-2.0

import InductSDK

extension ChildSource {
    /// The child as a source of tokens without a begin-of-sequence token, for the combinator `parent`.
    static func ofTokens(_ child: Child, for parent: String) throws(InductError) -> ChildSource {
        let source = try child.source()
        guard source.schema.task == .nextToken, source.schema.index(of: "tokens") != nil else {
            throw .invalid("\(parent): '\(child.spec)' is no source of tokens; use token sources only")
        }
        guard source.schema.beginTokens == 0 else {
            throw .invalid(
                "\(parent): '\(child.spec)' begins with a begin-of-sequence token; put with-bos outside of \(parent)")
        }
        return source
    }

    /// The child's model, for combinators that exist for hidden Markov models only.
    func requiredModel(for parent: String) throws(InductError) -> HiddenMarkovModel {
        guard let hiddenMarkovModel else {
            throw .invalid("\(parent): '\(spec)' is no hidden Markov model; \(parent) takes only these")
        }
        return hiddenMarkovModel
    }

    /// Tokens `[count, length]` of the samples that a request asks for, under a seed of the child's own.
    func fillTokens(
        _ request: FillRequest, salt: UInt64, length: Int, into tokens: UnsafeMutablePointer<Int32>
    ) throws(InductError) {
        var tensors = [UnsafeMutableRawPointer?](repeating: nil, count: schema.tensors.count)
        tensors[schema.index(of: "tokens") ?? 0] = UnsafeMutableRawPointer(tokens)
        try fill(
            view: request.view, seed: derivedSeed(request.seed, salt: salt), first: request.first, count: request.count,
            length: length, into: tensors)
    }
}
