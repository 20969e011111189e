// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Independent tosses of one coin.
struct Coin: Source {
    static let name = "coin"
    static let summary = "independent tosses"
    static let parameters = [Parameter.number("p", default: 0.5, in: 0...1, "P(token 0)")]
    static let examples = ["coin(p=0.5)"]

    let schema = Schema.nextToken(vocabulary: 2)
    private let probability: Double

    init(_ creation: Creation) throws { probability = try creation.configuration.number("p") }

    var hiddenMarkovModel: HiddenMarkovModel? {
        HiddenMarkovModel(states: 1, tokens: 2, transition: [probability, 1 - probability], start: [1])
    }

    func fill(_ request: FillRequest) throws {
        guard let tokens = try request.tensor(0)?.integers else { return }
        let heads = threshold(probability)
        for sample in 0..<request.count {
            var stream = RandomStream(
                seed: request.seed, purpose: .sequence(view: request.view), index: request.first + UInt64(sample))
            _ = stream.next()
            for position in 0..<request.length {
                tokens[sample * request.length + position] = stream.next() < heads ? 0 : 1
            }
        }
    }
}
