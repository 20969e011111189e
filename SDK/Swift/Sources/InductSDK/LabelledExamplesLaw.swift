// SPDX-License-Identifier: Apache-2.0

import CInduct

/// How a source draws labelled examples: induct_source_labelled_examples with Swift's types.
///
/// A sample is L pairs of an input and a label, and a query, whose label is the target. The query's class x is drawn with p_x;
/// with probability `relevance`, one decision a sequence, contexts hold x too, otherwise none does. A class has one label,
/// which noise replaces by the next one, modulo the schema's classes.
public struct LabelledExamplesLaw: Equatable, Sendable {
    /// A group of classes, such as the frequent ones.
    public struct Group: Equatable, Sendable {
        /// In kebab-case, as in the names of views.
        public var name: String
        /// Its classes.
        public var classes: Range<Int>

        /// Classes that follow one another.
        public init(_ name: String, classes: Range<Int>) {
            self.name = name
            self.classes = classes
        }
    }

    /// p_x by class, for queries of the view "train".
    public var classProbability: [Double]
    /// Of a context's class before relevance is imposed; nil: p_x.
    public var contextProbability: [Double]?
    /// By class; nil: the class's number.
    public var labelOfClass: [Int]?
    /// Every class is in one of them; empty: there is one group.
    public var groups: [Group]
    /// L.
    public var contexts: Int
    /// In [0, 1].
    public var relevance: Double
    /// How many contexts hold the query's class where any does; 0: all are drawn anew until at least one does.
    public var relevantContexts: Int
    /// `[classes, contexts + 1]`: P(m contexts hold the query's class | relevant), where `relevantContexts` does not say it.
    public var matchLaw: [Double]?
    /// Samples of the view "train"; nil: endless.
    public var trainingCount: UInt64?
    /// Queries of each class that a finite training set holds for certain.
    public var ensuredCount: Int
    /// In [0, 1].
    public var labelNoise: Double
    /// Standard deviation of each coordinate of an input around its class's centre.
    public var inputNoise: Double
    /// The largest squared norm of a centre.
    public var squaredNorm: Double
    /// Numbers of an input.
    public var dimension: Int

    /// States a law; what is not given has the value that says least.
    public init(
        classProbability: [Double], contextProbability: [Double]? = nil, labelOfClass: [Int]? = nil,
        groups: [Group] = [], contexts: Int, relevance: Double, relevantContexts: Int = 0, matchLaw: [Double]? = nil,
        trainingCount: UInt64? = nil, ensuredCount: Int = 0, labelNoise: Double = 0, inputNoise: Double = 0,
        squaredNorm: Double = 1, dimension: Int = 0
    ) {
        self.classProbability = classProbability
        self.contextProbability = contextProbability
        self.labelOfClass = labelOfClass
        self.groups = groups
        self.contexts = contexts
        self.relevance = relevance
        self.relevantContexts = relevantContexts
        self.matchLaw = matchLaw
        self.trainingCount = trainingCount
        self.ensuredCount = ensuredCount
        self.labelNoise = labelNoise
        self.inputNoise = inputNoise
        self.squaredNorm = squaredNorm
        self.dimension = dimension
    }

    /// The ABI's table in `memory`; the host checks the numbers.
    func record(in memory: CMemory) throws(InductError) -> UnsafePointer<induct_source_labelled_examples> {
        let classes = classProbability.count
        var groupOfClass = [UInt32?](repeating: groups.isEmpty ? 0 : nil, count: classes)
        for (number, group) in groups.enumerated() {
            for x in group.classes where groupOfClass.indices.contains(x) { groupOfClass[x] = UInt32(number) }
        }
        let known = groupOfClass.compactMap { $0 }
        guard known.count == classes, matchLaw.map({ $0.count == classes * (contexts + 1) }) ?? true,
            contextProbability.map({ $0.count == classes }) ?? true, labelOfClass.map({ $0.count == classes }) ?? true
        else {
            throw InductError(
                .internal,
                "the arrays of the law of labelled examples do not fit its \(classes) classes, or a class is in no group"
            )
        }
        var record = induct_source_labelled_examples()
        record.struct_size = structSize(induct_source_labelled_examples.self)
        record.classes = UInt32(classes)
        record.group_count = UInt32(groups.count)
        record.contexts = UInt32(contexts)
        record.class_probability = UnsafePointer(memory.store(array: classProbability))
        record.context_probability = contextProbability.map { UnsafePointer(memory.store(array: $0)) }
        record.label_of_class = labelOfClass.map { UnsafePointer(memory.store(array: $0.map { UInt32($0) })) }
        if !groups.isEmpty {
            record.group_of_class = UnsafePointer(memory.store(array: known))
            record.group_names = UnsafePointer(
                memory.store(array: groups.map { UnsafePointer<CChar>?(memory.store(text: $0.name)) }))
        }
        record.relevance = relevance
        record.match_law = matchLaw.map { UnsafePointer(memory.store(array: $0)) }
        record.relevant_contexts = UInt32(relevantContexts)
        record.ensured_count = UInt32(ensuredCount)
        record.training_count = trainingCount ?? 0
        record.label_noise = labelNoise
        record.input_noise = inputNoise
        record.squared_norm = squaredNorm
        record.dimension = UInt64(dimension)
        return UnsafePointer(memory.store(record))
    }
}
