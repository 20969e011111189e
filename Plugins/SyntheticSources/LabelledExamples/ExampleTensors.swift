// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// Where the samples of a request go, in the order of the schema; nil where they are not wanted.
struct ExampleTensors {
    let inputs: UnsafeMutablePointer<Float>?
    private let labels: UnsafeMutablePointer<Int32>?
    private let targets: UnsafeMutablePointer<Int32>?
    private let key: UnsafeMutablePointer<Int32>?
    private let group: UnsafeMutablePointer<Int32>?
    private let relevance: UnsafeMutablePointer<Int32>?
    private let queryClass: UnsafeMutablePointer<Int32>?
    private let contextClasses: UnsafeMutablePointer<Int32>?

    init(_ request: FillRequest) throws(InductError) {
        inputs = try request.tensor(0)?.floats.baseAddress
        labels = try request.tensor(1)?.integers.baseAddress
        targets = try request.tensor(2)?.integers.baseAddress
        key = try request.tensor(3)?.integers.baseAddress
        group = try request.tensor(4)?.integers.baseAddress
        relevance = try request.tensor(5)?.integers.baseAddress
        queryClass = try request.tensor(6)?.integers.baseAddress
        contextClasses = try request.tensor(7)?.integers.baseAddress
    }

    /// Writes everything but the inputs of a sample.
    func write(_ facts: ExampleDraw.Facts, _ law: ClassLaw, _ sample: Int) {
        (labels.map { $0 + sample * facts.slots })?.update(from: facts.labels, count: facts.slots)
        targets?[sample] = facts.target
        key?[sample] = facts.queryClass
        let label = Int(facts.queryClass)
        group?[sample] = label < law.frequent ? 0 : label < law.count ? 1 : 2
        relevance?[sample] = facts.relevance
        queryClass?[sample] = facts.queryClass
        (contextClasses.map { $0 + sample * facts.slots })?.update(from: facts.classes, count: facts.slots)
    }
}
