// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Counts from 0 to V - 1, again and again, and now and then jumps to a random token.
struct NoisyCycle: Source {
    static let name = "noisy-cycle"
    static let summary = "counts in a cycle and now and then jumps to a random token"
    static let parameters: [Parameter] = [
        .integer("vocabulary", default: 4, in: 2...256, "number of tokens"),
        .number("noise", default: 0.1, in: 0...1, "P(jump)"),
    ]
    static let examples = ["noisy-cycle(vocabulary=4, noise=0.1)"]

    let schema: Schema
    private let vocabulary: Int
    private let noise: Double

    init(_ creation: Creation) throws {
        vocabulary = try creation.configuration.integer("vocabulary")
        noise = try creation.configuration.number("noise")
        schema = .nextToken(vocabulary: vocabulary)
    }

    /// The state is the token before: T_x[i][x] = (1 - noise) [x follows i] + noise / V; the start is uniform.
    var hiddenMarkovModel: HiddenMarkovModel? {
        let size = vocabulary
        var transition = [Double](repeating: 0, count: size * size * size)
        for from in 0..<size {
            for token in 0..<size {
                let follows = token == (from + 1) % size
                transition[(token * size + from) * size + token] =
                    noise / Double(size) + (follows ? 1 - noise : 0)
            }
        }
        let start = [Double](repeating: 1 / Double(size), count: size)
        return HiddenMarkovModel(states: size, tokens: size, transition: transition, start: start)
    }

    /// Word 0 of a sample's stream is its first token; words 2 t - 1 and 2 t decide whether token t jumps, and where to.
    func fill(_ request: FillRequest) throws {
        guard let tokens = try request.tensor(0)?.integers else { return }
        let jump = threshold(noise)
        for sample in 0..<request.count {
            let stream = RandomStream(
                seed: request.seed, purpose: DrawPurpose(view: request.view, kind: 0),
                index: request.first + UInt64(sample))
            var token = randomIndex(stream.word(0), below: vocabulary)
            for position in 0..<request.length {
                if position > 0 {
                    let word = 2 * UInt64(position)
                    token =
                        stream.word(word - 1) < jump
                        ? randomIndex(stream.word(word), below: vocabulary) : (token + 1) % vocabulary
                }
                tokens[sample * request.length + position] = Int32(token)
            }
        }
    }
}
