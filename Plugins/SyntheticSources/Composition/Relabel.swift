// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A source whose tokens are called otherwise; several may become the same one.
///
/// T'_y = sum of T_x over the tokens x that become y. Where the child is no hidden Markov model there is no oracle: the
/// child's tokens are hidden.
struct Relabel: Source {
    static let name = "relabel"
    static let summary = "a source whose tokens are called otherwise; several may become the same one"
    static let parameters: [Parameter] = [
        .array("map", of: .integer("", in: 0...1_048_575, ""), "the new token for each token of the source")
    ]
    static let children: ChildrenRule? = ChildrenRule(.source, count: 1...1)
    static let examples = ["relabel(mess3(x=0.15, a=0.6), map=[0, 1, 1])"]

    let schema: Schema
    private let child: ChildSource
    private let map: [Int]
    private let engine: HiddenMarkovEngine?

    init(_ creation: Creation) throws {
        child = try ChildSource.ofTokens(creation.positionalChildren[0], for: Self.name)
        map = try creation.configuration.integers("map")
        guard map.count == child.schema.classes, let largest = map.max() else {
            throw InductError.invalid(
                "relabel: map has \(map.count) tokens, '\(child.spec)' has \(child.schema.classes); give one for each")
        }
        let map = map
        engine = child.hiddenMarkovModel.map { model in
            let law = (0...largest).map { new in map.indices.map { map[$0] == new ? 1.0 : 0 } }
            return HiddenMarkovEngine(model.observed(through: law), host: creation.host)
        }
        schema = engine?.schema ?? .nextToken(vocabulary: largest + 1, maximumLength: child.schema.maximumLength)
    }

    var views: [View] { child.views }
    var oracle: (any SourceOracle)? { engine?.filter }
    var hiddenMarkovModel: HiddenMarkovModel? { engine?.model }

    func fill(_ request: FillRequest) throws {
        if let engine { return try engine.fill(request) }
        guard let tokens = try request.tensor(0)?.integers, let start = tokens.baseAddress else { return }
        try child.fillTokens(request, salt: 1, length: request.length, into: start)
        for index in tokens.indices { tokens[index] = Int32(map[Int(tokens[index])]) }
    }
}
