// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A source with a begin-of-sequence token before every sequence: its last token, V.
///
/// h_1 = 0 is the begin token itself; then come the child's h_1, h_2, ...
struct WithBeginToken: Source {
    static let name = "with-bos"
    static let summary = "a token source with a begin-of-sequence token first"
    static let children: ChildrenRule? = ChildrenRule(.source, count: 1...1)
    static let examples = ["with-bos(dursley-wonka(p=0.4, q=0.25))"]

    let schema: Schema
    let hiddenMarkovModel: HiddenMarkovModel?
    private let child: ChildSource
    private let engine: HiddenMarkovEngine?

    init(_ creation: Creation) throws {
        child = try creation.positionalChildren[0].source()
        guard child.schema.task == .nextToken, child.schema.index(of: "tokens") == 0 else {
            throw InductError.invalid("with-bos: '\(child.spec)' is no source of tokens; only these can begin with one")
        }
        guard child.schema.beginTokens == 0 else {
            throw InductError.invalid("with-bos: '\(child.spec)' already has a begin-of-sequence token; leave out one")
        }
        var schema = child.schema
        schema.classes += 1
        schema.tensors[0].limit = schema.classes
        schema.beginTokens = 1
        schema.maximumLength = child.schema.maximumLength.map { $0 + 1 }
        if let model = child.hiddenMarkovModel {
            let engine = HiddenMarkovEngine(model, host: creation.host)
            schema.tensors = [schema.tensors[0]] + Schema.component(count: model.componentCount)
            self.engine = engine
        } else {
            engine = nil
        }
        hiddenMarkovModel = child.hiddenMarkovModel?.withBeginToken()
        self.schema = schema
    }

    var views: [View] { child.views }

    var oracle: (any SourceOracle)? {
        if let engine { return OracleWithBeginToken(filter: engine.filter) }
        return child.oracle.map { OracleWithBeginToken(child: child, oracle: $0) }
    }

    var theory: (any SourceTheory)? {
        child.hasTheory && hiddenMarkovModel == nil ? TheoryWithBeginToken(child: child) : nil
    }

    func fill(_ request: FillRequest) throws {
        if let tokens = try request.tensor(0)?.integers, request.length > 0 {
            for sample in 0..<request.count { tokens[sample * request.length] = Int32(child.schema.classes) }
        }
        if let engine { try engine.fill(request, skipping: 1) } else { try fillFromChild(request) }
    }

    /// Lets the child fill memory of its own and moves every row one item on; what else belongs to the begin token is 0.
    private func fillFromChild(_ request: FillRequest) throws(InductError) {
        let length = max(0, request.length - 1)
        var memory: [UnsafeMutableRawBufferPointer?] = []
        defer { for block in memory { block?.deallocate() } }
        for (index, tensor) in child.schema.tensors.enumerated() {
            let wanted = try request.tensor(index) != nil
            let items = tensor.shape.reduce(1) { $0 * $1.bound(batch: request.count, length: length) }
            memory.append(wanted ? .allocate(byteCount: max(64, items * Self.itemSize), alignment: 64) : nil)
        }
        try child.fill(
            view: request.view, seed: derivedSeed(request.seed, salt: 1), first: request.first, count: request.count,
            length: length, into: memory.map { $0?.baseAddress })
        for (index, tensor) in child.schema.tensors.enumerated() where request.count > 0 {
            guard let block = memory[index], let target = try request.tensor(index)?.bytes else { continue }
            let row = target.count / request.count
            let moves = tensor.shape.dropFirst().first == .length && row > 0
            let skip = moves ? row / request.length : 0
            for sample in 0..<request.count {
                let place = UnsafeMutableRawBufferPointer(rebasing: target[sample * row..<(sample + 1) * row])
                let own = block[sample * (row - skip)..<(sample + 1) * (row - skip)]
                if index > 0 {
                    UnsafeMutableRawBufferPointer(rebasing: place[..<skip]).initializeMemory(
                        as: UInt8.self, repeating: 0)
                }
                UnsafeMutableRawBufferPointer(rebasing: place[skip...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: own))
            }
        }
    }

    /// Bytes of a float32 or int32.
    private static let itemSize = 4
}
