// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// A random block of tokens, repeated without end.
///
/// With one period m: h_l = ln V for l <= m, then 0; E = m ln V. With several, one of them is drawn uniformly per sequence
/// and has to be found out as well.
struct RepeatedBlock: Source {
    static let name = "repeated-block"
    static let summary = "a random block of tokens, repeated without end"
    static let parameters: [Parameter] = [
        .integer("vocabulary", default: 2, in: 2...65_536, "number of tokens V"),
        .integer("period", in: 1...4096, optional: true, "length of the block; 8 when neither form is given"),
        .array(
            "periods", of: .integer("", in: 1...4096, ""), count: 1...8, optional: true,
            "instead of period: lengths of which one is drawn per sequence"),
    ]
    static let examples = ["repeated-block(vocabulary=4, period=8)", "repeated-block(vocabulary=2, periods=[3, 5])"]

    let schema: Schema
    private let blocks: BlockPeriods

    init(_ creation: Creation) throws {
        let configuration = creation.configuration
        guard !(configuration.has("period") && configuration.has("periods")) else {
            throw InductError.invalid("repeated-block: both period and periods are given; leave out one of them")
        }
        let periods =
            configuration.has("periods")
            ? try configuration.integers("periods")
            : [configuration.has("period") ? try configuration.integer("period") : 8]
        guard Set(periods).count == periods.count, periods.allSatisfy({ $0 > 0 }), !periods.isEmpty else {
            throw InductError.invalid("repeated-block: periods \(periods) must be positive and differ from each other")
        }
        blocks = BlockPeriods(vocabulary: try configuration.integer("vocabulary"), periods: periods)
        schema = .nextToken(
            vocabulary: blocks.vocabulary, information: Schema.component(count: periods.count))
    }

    var oracle: (any SourceOracle)? { blocks }
    var theory: (any SourceTheory)? { BlockTheory(blocks: blocks) }

    func fill(_ request: FillRequest) throws {
        let tokens = try request.tensor(0)?.integers
        let component = blocks.periods.count > 1 ? try request.tensor(1)?.integers : nil
        for sample in 0..<request.count {
            let index = request.first + UInt64(sample)
            let chooser = RandomStream(seed: request.seed, purpose: .component(view: request.view), index: index)
            let choice = randomIndex(chooser.word(0), below: blocks.periods.count)
            component?[sample] = Int32(choice)
            guard let tokens else { continue }
            let period = blocks.periods[choice]
            let start = sample * request.length
            var stream = RandomStream(seed: request.seed, purpose: .sequence(view: request.view), index: index)
            for position in 0..<request.length {
                tokens[start + position] =
                    position < period
                    ? Int32(stream.below(UInt32(blocks.vocabulary))) : tokens[start + position - period]
            }
        }
    }
}
