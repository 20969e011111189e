// SPDX-License-Identifier: Apache-2.0

/// How a source draws labelled examples, as far as it states it; see induct.source.labelled-examples/1.
///
/// A sample is L pairs of an input and a label, and a query. The query's class x is drawn with p_x; with probability
/// `relevance` some of the contexts hold x, else none does. A class has one label, which label noise replaces by the next.
package struct LabelledExamplesLaw: Equatable, Sendable {
    /// p_x by class, for the queries of training.
    package var classProbability: [Double]
    /// Law of a context's class before relevance is imposed, by class.
    package var contextProbability: [Double]
    /// By class, in `[0, labels)`.
    package var labelOfClass: [Int]
    /// C.
    package var labels: Int
    /// By class.
    package var groupOfClass: [Int]
    /// By group; kebab-case.
    package var groupNames: [String]
    /// L.
    package var contexts: Int
    /// Probability, by sequence, that the contexts hold the query's class.
    package var relevance: Double
    /// How many contexts hold it then; nil: contexts are drawn anew until at least one does.
    package var relevantContexts: Int?
    /// `[classes, contexts + 1]`: P(m contexts hold the query's class | relevant), where the rule is another; nil: it is not.
    package var matchLaw: [Double]?
    /// N of the finite training set; nil: endless.
    package var trainingCount: UInt64?
    /// How many samples of every class a training set holds for certain; the others are drawn.
    package var ensuredCount: Int
    /// Probability that a label is the next one, modulo C.
    package var labelNoise: Double
    /// Standard deviation of each coordinate of an input around its class's centre.
    package var inputNoise: Double
    /// Numbers of an input.
    package var dimension: Int
    /// The largest ||centre||^2.
    package var squaredNorm: Double

    package init(
        classProbability: [Double], contextProbability: [Double]? = nil, labelOfClass: [Int]? = nil,
        labels: Int? = nil, groupOfClass: [Int]? = nil, groupNames: [String] = ["all"], contexts: Int,
        relevance: Double, relevantContexts: Int? = nil, matchLaw: [Double]? = nil, trainingCount: UInt64? = nil,
        ensuredCount: Int = 0,
        labelNoise: Double = 0, inputNoise: Double = 0, dimension: Int = 0, squaredNorm: Double = 1
    ) {
        self.classProbability = classProbability
        self.contextProbability = contextProbability ?? classProbability
        self.labelOfClass = labelOfClass ?? Array(classProbability.indices)
        self.labels = labels ?? classProbability.count
        self.groupOfClass = groupOfClass ?? [Int](repeating: 0, count: classProbability.count)
        self.groupNames = groupNames
        self.contexts = contexts
        self.relevance = relevance
        self.relevantContexts = relevantContexts
        self.matchLaw = matchLaw
        self.trainingCount = trainingCount
        self.ensuredCount = ensuredCount
        self.labelNoise = labelNoise
        self.inputNoise = inputNoise
        self.dimension = dimension
        self.squaredNorm = squaredNorm
    }

    /// Number of classes.
    package var classes: Int { classProbability.count }
}
