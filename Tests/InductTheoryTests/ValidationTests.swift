// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductTheory
import Testing

/// A wrong model and what its refusal must say.
struct WrongModel: Sendable, CustomTestStringConvertible {
    var model: SourceHMM
    var says: String

    var testDescription: String { says }

    init(says: String, _ change: (inout SourceHMM) -> Void) {
        model = Processes.mixture([Processes.even(0.5), Processes.coin(0.3)])
        change(&model)
        self.says = says
    }
}

@Suite struct ValidationTests {
    @Test(arguments: [
        WrongModel(says: "state 1 probabilities that sum to 1.5") { $0.transition[9 + 1 * 3 + 1] = 0.5 },
        WrongModel(says: "negative probability -0.5 for token 0, state 0 to state 0") { $0.transition[0] = -0.5 },
        WrongModel(says: "not finite, for token 1, state 2 to state 2") { $0.transition[17] = .nan },
        WrongModel(says: "18 transition entries where 3 x 3 x 3 are needed") { $0.tokens = 3 },
        WrongModel(says: "2 start entries for 3 states") { $0.start.removeLast() },
        WrongModel(says: "starts in state 1 with a probability that is not finite") { $0.start[1] = .infinity },
        WrongModel(says: "starts in state 2 with the negative probability -0.5") { $0.start = [1, 0.5, -0.5] },
        WrongModel(says: "start vector that sums to 1.5") { $0.start = [0.5, 0.5, 0.5] },
        WrongModel(says: "0 states") { $0 = SourceHMM(states: 0, tokens: 2, transition: [], start: []) },
        WrongModel(says: "does not say which state") { $0.componentOfState = nil },
        WrongModel(says: "puts state 2 in component 7") { $0.componentOfState = [0, 0, 7] },
        WrongModel(says: "right vector of 3 finite entries") { $0.right = [1] },
        WrongModel(says: "sum to 1.5 where 1.0 is needed") { $0.right = [1, 2, 1] },
    ]) func wrongModelsAreRefusedByName(_ wrong: WrongModel) {
        let error = #expect(throws: TheoryError.self) { try HiddenMarkovModel(wrong.model, name: "my-source") }
        #expect(error?.description.contains(wrong.says) == true, "\(String(describing: error))")
        #expect(error?.description.hasPrefix("my-source: ") == true)
    }

    @Test func roundedRowsAreDividedByTheirSum() throws {
        var model = Processes.coin(0.3)
        model.transition = [0.3 + 3e-10, 0.7]
        let first = try #require(try HiddenMarkovModel(model).prefixes(of: []).first)
        #expect(abs(try #require(first.predictive).reduce(0, +) - 1) < 1e-15)
    }

    @Test func negativeWordProbabilitiesOfGeneralisedModelsAreFound() throws {
        // T = 1 as a matrix of one state, but token 0 has the probability -1/2.
        let model = SourceHMM(states: 1, tokens: 2, transition: [-0.5, 1.5], start: [1], right: [1])
        #expect(throws: TheoryError.self) {
            try Theory.of(HiddenMarkovModel(model), request: TheoryRequest(length: 3))
        }
    }

    @Test(arguments: [0, -1, 1_000_000_000]) func lengthsThatCannotBeServedAreRefused(_ length: Int) throws {
        let model = try HiddenMarkovModel(Processes.coin(0.5))
        let error = #expect(throws: TheoryError.self) {
            try Theory.of(model, request: TheoryRequest(length: length))
        }
        #expect(error?.description == "the length \(length) is outside 1 to 10000000")
    }

    @Test(arguments: [0.0, -1, .nan, .infinity]) func precisionsThatMeanNothingAreRefused(_ precision: Double) throws {
        let model = try HiddenMarkovModel(Processes.coin(0.5))
        #expect(throws: TheoryError.self) {
            try Theory.of(model, request: TheoryRequest(length: 3, precision: precision))
        }
    }
}
