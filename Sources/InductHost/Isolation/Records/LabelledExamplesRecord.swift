// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// What a worker tells of how a source draws labelled examples.
extension LabelledExamplesLaw {
    func record(_ tail: inout NumberTail) -> JSON {
        [
            "contexts": .integer(Int64(contexts)), "classes": .integer(Int64(classes)),
            "class_probability": tail.add(classProbability), "context_probability": tail.add(contextProbability),
            "label_of_class": .integers(labelOfClass), "group_of_class": .integers(groupOfClass),
            "group_names": .array(groupNames.map { .string($0) }), "relevance": .number(relevance),
            "relevant_contexts": .integer(Int64(relevantContexts ?? 0)), "match_law": tail.add(matchLaw),
            "training_count": .integer(Int64(clamping: trainingCount ?? 0)),
            "ensured_count": .integer(Int64(ensuredCount)), "label_noise": .number(labelNoise),
            "input_noise": .number(inputNoise), "dimension": .integer(Int64(dimension)),
            "squared_norm": .number(squaredNorm),
        ]
    }

    /// With arrays that are as long as they must be; whether it is a law is for `LabelledExamplesReading` to see.
    init(_ record: RecordReader, _ tail: NumberTail, labels: Int) throws(TableDefect) {
        let (classes, contexts) = (try record.size("classes"), try record.size("contexts"))
        guard (1...1 << 24).contains(classes), (1...1 << 16).contains(contexts) else {
            throw record.wrong("classes", "usable number of")
        }
        func numbers(_ key: String) throws(TableDefect) -> [Int]? {
            guard record[key] != nil else { return nil }
            let list = try record.sizes(key)
            guard list.count == classes, list.allSatisfy({ $0 <= UInt32.max }) else {
                throw record.wrong(key, "list of \(classes) numbers")
            }
            return list
        }
        let training = try record.size("training_count")
        let relevant = try record.size("relevant_contexts")
        let names = try record.texts("group_names")
        self.init(
            classProbability: try tail.required(record, "class_probability", count: classes),
            contextProbability: try tail.optional(record, "context_probability", count: classes),
            labelOfClass: try numbers("label_of_class"), labels: labels,
            groupOfClass: try numbers("group_of_class"), groupNames: names.isEmpty ? ["all"] : names,
            contexts: contexts, relevance: try record.number("relevance"),
            relevantContexts: relevant > 0 ? relevant : nil,
            matchLaw: try tail.optional(record, "match_law", count: classes * (contexts + 1)),
            trainingCount: training > 0 ? UInt64(training) : nil, ensuredCount: try record.size("ensured_count"),
            labelNoise: try record.number("label_noise"), inputNoise: try record.number("input_noise"),
            dimension: try record.size("dimension"), squaredNorm: try record.number("squared_norm"))
    }
}

extension Arena {
    /// A law of labelled examples as plugins state it; it lives as long as the arena.
    func copy(law: LabelledExamplesLaw) -> UnsafePointer<induct_source_labelled_examples> {
        var table = induct_source_labelled_examples()
        table.struct_size = UInt32(MemoryLayout<induct_source_labelled_examples>.size)
        table.classes = UInt32(law.classes)
        table.group_count = UInt32(clamping: law.groupNames.count)
        table.contexts = UInt32(law.contexts)
        table.class_probability = UnsafePointer(copy(law.classProbability))
        table.context_probability = UnsafePointer(copy(law.contextProbability))
        table.label_of_class = UnsafePointer(copy(law.labelOfClass.map(UInt32.init)))
        table.group_of_class = UnsafePointer(copy(law.groupOfClass.map(UInt32.init)))
        table.group_names = UnsafePointer(copy(law.groupNames.map { copy(text: $0) as UnsafePointer<CChar>? }))
        table.relevance = law.relevance
        table.match_law = law.matchLaw.map { UnsafePointer(copy($0)) }
        table.relevant_contexts = UInt32(clamping: law.relevantContexts ?? 0)
        table.ensured_count = UInt32(clamping: law.ensuredCount)
        table.training_count = law.trainingCount ?? 0
        table.label_noise = law.labelNoise
        table.input_noise = law.inputNoise
        table.squared_norm = law.squaredNorm
        table.dimension = UInt64(law.dimension)
        return UnsafePointer(copy(table))
    }
}
