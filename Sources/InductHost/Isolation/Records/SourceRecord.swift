// SPDX-License-Identifier: Apache-2.0

import InductCore

/// What a worker tells of a source.
struct SourceRecord {
    var schema: Schema
    var views: [SourceView]
    /// Sizes of beliefs and components.
    var oracle: (beliefSize: Int, componentCount: Int)?
    var hasTheory: Bool
    var hmm: SourceHMM?
    var labelledExamples: LabelledExamplesLaw?

    init(_ source: any Source) {
        schema = source.schema
        views = source.views
        oracle = source.oracle.map { ($0.beliefSize, $0.componentCount) }
        hasTheory = source.theory != nil
        hmm = source.hmm
        labelledExamples = source.labelledExamples
    }

    func json(_ tail: inout NumberTail) -> JSON {
        [
            "schema": schema.record,
            "views": .array(
                views.map {
                    ["name": .string($0.name), "count": $0.count.map { .integer(Int64(clamping: $0)) } ?? .null]
                }
            ),
            "oracle": oracle.map {
                [
                    "belief_size": .integer(Int64($0.beliefSize)),
                    "component_count": .integer(Int64($0.componentCount)),
                ]
            } ?? .null,
            "theory": .bool(hasTheory), "hmm": hmm.map { $0.record(&tail) } ?? .null,
            "labelled_examples": labelledExamples.map { $0.record(&tail) } ?? .null,
        ]
    }

    init(_ record: RecordReader, _ tail: NumberTail) throws(TableDefect) {
        schema = try Schema(try record.object("schema"))
        views = []
        for view in try record.objects("views") {
            let count = try view.size("count")
            views.append(SourceView(name: try view.text("name"), count: count == 0 ? nil : UInt64(count)))
        }
        oracle = nil
        if let sizes = try record.optionalObject("oracle") {
            oracle = (try sizes.size("belief_size"), try sizes.size("component_count"))
        }
        hasTheory = try record.flag("theory")
        hmm = nil
        if let model = try record.optionalObject("hmm") { hmm = try SourceHMM(model, tail) }
        labelledExamples = nil
        if let law = try record.optionalObject("labelled_examples") {
            labelledExamples = try LabelledExamplesLaw(law, tail, labels: schema.classes)
        }
    }
}

extension SourceHMM {
    fileprivate func record(_ tail: inout NumberTail) -> JSON {
        [
            "states": .integer(Int64(states)), "tokens": .integer(Int64(tokens)),
            "components": .integer(Int64(componentCount)), "transition": tail.add(transition), "start": tail.add(start),
            "right": tail.add(right), "component_of_state": componentOfState.map { .integers($0) } ?? .null,
        ]
    }

    /// With arrays that are as long as they must be; what is in them is for `SourceExtensions` to see.
    fileprivate init(_ record: RecordReader, _ tail: NumberTail) throws(TableDefect) {
        let (states, tokens) = (try record.size("states"), try record.size("tokens"))
        guard (1...1 << 20).contains(states), (1...1 << 31).contains(tokens), tokens <= 1 << 40 / (states * states)
        else { throw record.wrong("states", "usable number of") }
        let components = try record.size("components")
        var componentOfState: [Int]?
        if record["component_of_state"] != nil {
            let list = try record.sizes("component_of_state")
            guard list.count == states, list.allSatisfy({ $0 <= UInt32.max }) else {
                throw record.wrong("component_of_state", "list of \(states) numbers")
            }
            componentOfState = list
        }
        guard components <= 1 || componentOfState != nil, components <= UInt32.max else {
            throw record.wrong("component_of_state", "list of \(states) numbers")
        }
        self.init(
            states: states, tokens: tokens,
            transition: try tail.required(record, "transition", count: tokens * states * states),
            start: try tail.required(record, "start", count: states),
            right: try tail.optional(record, "right", count: states), componentCount: components,
            componentOfState: componentOfState)
    }
}
