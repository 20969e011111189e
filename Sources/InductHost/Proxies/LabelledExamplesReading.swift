// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// Reads induct.source.labelled-examples/1, and refuses what is no law.
enum LabelledExamplesReading {
    private static let mostClasses = 1 << 24
    private static let mostContexts = 1 << 16
    /// How far a law may be from summing to 1.
    private static let tolerance = 1e-9

    static func law(
        _ pointer: UnsafePointer<induct_source_labelled_examples>, schema: Schema
    ) throws(TableDefect) -> LabelledExamplesLaw {
        let table = try Negotiation.read(pointer, "induct_source_labelled_examples", minimum: 120)
        let (classes, contexts) = (Int(table.classes), Int(table.contexts))
        guard schema.task == .classification, schema.classes >= 2 else {
            throw TableDefect("it states how labelled examples are drawn, and its task is not to tell two labels apart")
        }
        guard (1...mostClasses).contains(classes), (1...mostContexts).contains(contexts) else {
            throw TableDefect(
                "its labelled examples have \(classes) classes and \(contexts) contexts; that is not usable")
        }
        guard let probabilities = table.class_probability else {
            throw TableDefect("the class_probability of its labelled examples is NULL")
        }
        guard table.label_of_class != nil || classes <= schema.classes else {
            throw TableDefect("it has \(classes) classes, \(schema.classes) labels and no label_of_class")
        }
        let query = try law(probabilities, count: classes, "class_probability")
        let context = try table.context_probability.map { pointer throws(TableDefect) in
            try law(pointer, count: classes, "context_probability")
        }
        let relevant = Int(table.relevant_contexts)
        guard relevant <= contexts else {
            throw TableDefect("it has \(relevant) relevant contexts of \(contexts)")
        }
        try check(table.relevance, "relevance")
        try check(table.label_noise, "label_noise")
        for (value, name) in [(table.input_noise, "input_noise"), (table.squared_norm, "squared_norm")] {
            guard value >= 0, value.isFinite else {
                throw TableDefect("the \(name) of its labelled examples is \(value)")
            }
        }
        if table.match_law == nil, relevant == 0, table.relevance > 0,
            let x = query.indices.first(where: { query[$0] > 0 && (context ?? query)[$0] <= 0 })
        {
            throw TableDefect("contexts can be relevant, and none ever holds class \(x)")
        }
        let (sure, drawn) = (UInt64(table.ensured_count), table.training_count)
        guard drawn == 0 || sure == 0 || drawn / sure >= UInt64(classes) else {
            throw TableDefect("a training set of \(drawn) does not hold \(sure) of each of \(classes) classes")
        }
        return LabelledExamplesLaw(
            classProbability: query, contextProbability: context,
            labelOfClass: try numbers(table.label_of_class, count: classes, below: schema.classes, "label_of_class"),
            labels: schema.classes,
            groupOfClass: try numbers(
                table.group_count > 1 ? table.group_of_class : nil, count: classes, below: Int(table.group_count),
                "group_of_class"),
            groupNames: try names(table), contexts: contexts, relevance: table.relevance,
            relevantContexts: relevant > 0 ? relevant : nil, matchLaw: try matchLaw(table, classes, contexts),
            trainingCount: drawn > 0 ? drawn : nil, ensuredCount: Int(table.ensured_count),
            labelNoise: table.label_noise, inputNoise: table.input_noise,
            dimension: Int(min(table.dimension, UInt64(Int32.max))), squaredNorm: table.squared_norm)
    }

    private static func check(_ probability: Double, _ name: String) throws(TableDefect) {
        guard (0...1).contains(probability) else {
            throw TableDefect("the \(name) of its labelled examples is \(probability), no probability")
        }
    }

    private static func law(
        _ pointer: UnsafePointer<Double>, count: Int, _ name: String
    ) throws(TableDefect) -> [Double] {
        let values = Array(UnsafeBufferPointer(start: pointer, count: count))
        for value in values { try check(value, name) }
        let sum = values.reduce(0, +)
        guard abs(sum - 1) <= tolerance else {
            throw TableDefect("the \(name) of its labelled examples sums to \(sum), not to 1")
        }
        return values
    }

    private static func matchLaw(
        _ table: induct_source_labelled_examples, _ classes: Int, _ contexts: Int
    ) throws(TableDefect) -> [Double]? {
        guard let pointer = table.match_law else { return nil }
        guard classes <= mostClasses / (contexts + 1) else {
            throw TableDefect(
                "the match_law of its labelled examples has \(classes) times \(contexts + 1) entries: too many")
        }
        var values: [Double] = []
        for x in 0..<classes {
            values += try law(pointer + x * (contexts + 1), count: contexts + 1, "match_law of class \(x)")
        }
        return values
    }

    private static func numbers(
        _ pointer: UnsafePointer<UInt32>?, count: Int, below limit: Int, _ name: String
    ) throws(TableDefect) -> [Int]? {
        guard let pointer else { return nil }
        let values = UnsafeBufferPointer(start: pointer, count: count).map { Int($0) }
        guard let place = values.firstIndex(where: { $0 >= limit }) else { return values }
        throw TableDefect("the \(name) of class \(place) is \(values[place]), not below \(limit)")
    }

    private static func names(_ table: induct_source_labelled_examples) throws(TableDefect) -> [String] {
        guard table.group_count > 1 else { return ["all"] }
        guard table.group_of_class != nil, let pointers = table.group_names, table.group_count <= table.classes else {
            throw TableDefect(
                "its \(table.group_count) groups lack group_of_class or group_names, or are more than classes")
        }
        var names: [String] = []
        for number in 0..<Int(table.group_count) {
            let name = try Negotiation.requiredText(pointers[number], "group's name", limit: INDUCT_MAX_STRING)
            guard Names.isKebabCase(name), !names.contains(name) else {
                throw TableDefect("its group '\(name)' is not a name of its own in kebab-case")
            }
            names.append(name)
        }
        return names
    }
}
