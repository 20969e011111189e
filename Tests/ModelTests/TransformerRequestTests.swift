// SPDX-License-Identifier: Apache-2.0

import InductCore
import InductHost
import Testing

@Suite struct TransformerRequestTests {
    private let driver: ModelDriver
    private let width = 12

    init() throws { driver = try TransformerCase("key_value_heads=2").driver(try TestHost.make()) }

    private func stream() -> Tensor { Tensor(.float32, [driver.count, driver.length, width]) }

    @Test func attentionPatternsAreCausalAndSumToOne() throws {
        let length = driver.length
        let patterns = Tensor(.float32, [driver.count, 4, length, length])
        try driver.forward(
            .evaluate, requests: [PassRequest(action: .read, point: "blocks.1.attention", tensor: patterns.slice)])
        for row in 0..<driver.count * 4 * length {
            let values = patterns.floats[row * length..<(row + 1) * length]
            #expect((values.reduce(0, +) - 1).magnitude <= 1e-6)
            #expect(values.dropFirst(row % length + 1).allSatisfy { $0 == 0 })
        }
    }

    @Test func readingChangesNothing() throws {
        let plain = try driver.forward(.evaluate)
        let values = driver.model.activations.map { _ in stream() }
        #expect(
            driver.model.activations.map(\.name) == [
                "embedding", "blocks.0.residual", "blocks.1.residual", "final_norm",
            ])
        let reads = zip(driver.model.activations, values).map {
            PassRequest(action: .read, point: $0.name, tensor: $1.slice)
        }
        #expect(try driver.forward(.evaluate, requests: reads) == plain)
        for tensor in values { #expect(tensor.floats.contains { $0 != 0 }) }
    }

    @Test(arguments: ["embedding", "blocks.0.residual", "blocks.1.residual", "final_norm"])
    func replacingAPointByItselfChangesNothing(_ point: String) throws {
        let plain = try driver.forward(.evaluate)
        let values = stream()
        try driver.forward(.evaluate, requests: [PassRequest(action: .read, point: point, tensor: values.slice)])
        let again = try driver.forward(
            .evaluate, requests: [PassRequest(action: .replace, point: point, tensor: values.slice)])
        #expect(again == plain)
    }

    @Test func aMaskLimitsWhereAnAdditionActs() throws {
        let plain = try driver.forward(.evaluate)
        let (values, mask) = (stream(), Tensor(.float32, [driver.count, driver.length]))
        for i in values.floats.indices { values.floats[i] = Float(i % 5) - 2 }
        let place = 3
        mask.floats[place] = 1
        let request = PassRequest(
            action: .add, point: "final_norm", tensor: values.slice,
            mask: UnsafePointer(mask.data.assumingMemoryBound(to: Float.self)))
        let changed = try driver.forward(.evaluate, requests: [request])
        let classes = TransformerCase.vocabulary
        let row = place * classes..<(place + 1) * classes
        #expect(changed[..<row.lowerBound] == plain[..<row.lowerBound])
        #expect(changed[row.upperBound...] == plain[row.upperBound...])
        // Logits are linear in the final norm: the change is U times what was added.
        let table = try #require(driver.values["unembedding.weight"])
        for column in 0..<classes {
            let expected = (0..<width).reduce(0.0) {
                $0 + table[column * width + $1] * Double(values.floats[place * width + $1])
            }
            let found = Double(changed[row.lowerBound + column] - plain[row.lowerBound + column])
            #expect((found - expected).magnitude <= 1e-5)
        }
    }

    @Test func aReadAfterAChangeSeesIt() throws {
        let (added, read, before) = (stream(), stream(), stream())
        for i in added.floats.indices { added.floats[i] = 1 }
        try driver.forward(
            .evaluate,
            requests: [
                PassRequest(action: .read, point: "blocks.0.residual", tensor: before.slice),
                PassRequest(action: .add, point: "blocks.0.residual", tensor: added.slice),
                PassRequest(action: .read, point: "blocks.0.residual", tensor: read.slice),
            ])
        for i in read.floats.indices { #expect(read.floats[i] == before.floats[i] + 1) }
    }

    @Test func anUnknownPointIsRefusedByName() throws {
        let failure = #expect(throws: PluginFailure.self) {
            try driver.forward(
                .evaluate, requests: [PassRequest(action: .read, point: "blocks.2.residual", tensor: stream().slice)])
        }
        #expect(failure?.message.contains("blocks.2.residual") == true)
    }

    @Test func replacingWhileTrainingIsRefused() {
        #expect(throws: PluginFailure.self) {
            try driver.forward(
                .train, requests: [PassRequest(action: .replace, point: "embedding", tensor: stream().slice)])
        }
    }

    /// The outputs under a change of the inside, and every point as it then is.
    private func changed(
        _ driver: ModelDriver, _ action: PassRequest.Action, at point: String, by values: Tensor, mask: Tensor?
    ) throws -> [[Float]] {
        let points = (driver.model.activations + driver.model.attention).map { point in
            (
                point.name,
                Tensor(.float32, point.shape.map { $0.bound(batch: driver.count, length: driver.length) })
            )
        }
        let change = PassRequest(
            action: action, point: point, tensor: values.slice,
            mask: mask.map { UnsafePointer($0.data.assumingMemoryBound(to: Float.self)) })
        let reads = points.map { PassRequest(action: .read, point: $0.0, tensor: $0.1.slice) }
        let outputs = try driver.forward(.evaluate, requests: [change] + reads)
        return [outputs] + points.map { Array($0.1.floats) }
    }

    @Test func changesAcrossProcessesGiveTheSameBits() throws {
        // Both before and after there is shared memory: what lies elsewhere is copied there and back.
        let before = (stream(), Tensor(.float32, [driver.count, driver.length]))
        let isolated = try TransformerCase("key_value_heads=2").driver(TestHost.make(isolation: .all))
        let after = (stream(), Tensor(.float32, [driver.count, driver.length]))
        #expect(isolated.model.interventions == driver.model.interventions)
        #expect(isolated.model.attention == driver.model.attention)
        let plain = try driver.forward(.evaluate)
        #expect(try isolated.forward(.evaluate) == plain)
        for (values, mask) in [before, after] {
            for i in values.floats.indices { values.floats[i] = Float(i % 7) / 4 - 0.5 }
            for i in mask.floats.indices where i % 3 == 1 { mask.floats[i] = 1 }
            for point in driver.model.interventions.map(\.name) {
                for action in [PassRequest.Action.replace, .add] {
                    for mask in [nil, mask] {
                        let own = try changed(driver, action, at: point, by: values, mask: mask)
                        #expect(own[0] != plain)
                        #expect(try changed(isolated, action, at: point, by: values, mask: mask) == own)
                    }
                }
            }
        }
        // And what is refused, is refused in the same words.
        let failures = [driver, isolated].map { driver in
            #expect(throws: PluginFailure.self) {
                try driver.forward(
                    .train, requests: [PassRequest(action: .replace, point: "embedding", tensor: after.0.slice)])
            }
        }
        #expect(failures[0]?.description == failures[1]?.description)
    }
}
