// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// Learning from the context against learning in the weights, for a source of labelled examples: what each costs, and how
/// much data it takes until the weights are the better guide.
///
/// The in-weight learner is `KTLearner`, the in-context one `ContextVote`. Nats and shares.
/// Source: Chan, Chen, György, Schuurmans 2025, Toward Understanding In-context vs. In-weight Learning (arXiv 2410.23042),
/// propositions on the two risks; Documentation/Guides/In-context-against-in-weight.md.
package struct LabelledExamplesTheory: Sendable {
    package let law: LabelledExamplesLaw
    package let learner: KTLearner
    package let vote: ContextVote
    /// Of guessing among all labels: 1 - 1/C.
    package let chanceError: Double
    /// Of the best predictor that knows the query's class and the training law: eps or 1 - eps.
    package let bayesError: Double
    /// Classes that are alike, by falling probability inside each group.
    package let strata: [Stratum]
    package let views: [ViewErrors]
    package let regret: Regret
    package let notes: [String]

    /// Classes of one group that are drawn with one probability.
    package struct Stratum: Sendable {
        /// Its group's name.
        package let group: String
        package let classes: [Int]
        /// p_x of each of them.
        package let counts: TrainingSetLaw
        /// E N_x in the source's own training set; nil for an endless stream.
        package let samples: Double?
        /// P(m contexts hold the query's class | relevant), from m = 0 to L.
        package let matches: [Double]
        package let expectedMatches: Double
        package let settings: [Setting]
    }

    /// The in-context loss in one kind of context, and when the in-weight loss falls below it.
    package struct Setting: Sendable {
        /// "default", "relevant" or "irrelevant".
        package let name: String
        /// Lower and upper bound of the vote's mean loss.
        package let risk: (lower: Double, upper: Double)
        /// At the upper bound, the first that the weights can win, and at the lower one.
        package let early: SwitchPoint?
        package let late: SwitchPoint?
    }

    /// Where the in-weight learner becomes the better one.
    package struct SwitchPoint: Equatable, Sendable {
        /// The fewest samples of a class.
        package let samples: Int
        /// The smallest training set expected to hold them; nil beyond 2^52.
        package let trainingCount: Int?
    }

    /// What errors the two learners end with in a view.
    package struct ViewErrors: Equatable, Sendable {
        /// "relevant-rare-oobd".
        package let view: String
        /// Of the best guess from the query's class alone, as trained.
        package let inWeight: Double
        /// Of copying the label of the contexts of the query's class.
        package let inContext: Double
    }

    /// Of Hedge over the two learners in one pass over the training set; nil for an endless one or an unbounded loss.
    package struct Regret: Equatable, Sendable {
        /// M: -ln floor.
        package let largestDifference: Double
        package let rounds: Double?
        package let rate: Double?
        package let bound: Double?
        /// With a rule for every class.
        package let boundByClass: Double?
    }

    /// - Parameters:
    ///   - law: How the source draws.
    ///   - floor: Of the in-context predictor, in [0, 1/C); nil: a thousandth, or 1/(2C) where the classes are more than 500.
    ///   - gap: R; nil: that of squared distances at the temperature e, for inputs of the source's mean squared norm.
    /// - Throws: `TheoryError` for a floor or a gap that is none.
    package init(_ law: LabelledExamplesLaw, floor: Double? = nil, gap: Double? = nil) throws(TheoryError) {
        let floor = floor ?? min(1e-3, 0.5 / Double(law.labels))
        guard floor >= 0, floor * Double(law.labels) < 1 else {
            throw .invalidRequest("the floor \(floor) is not in [0, 1/\(law.labels)): every label has at least so much")
        }
        guard (gap ?? 0) >= 0 else { throw .invalidRequest("the gap \(gap ?? 0) between logits is below 0") }
        guard law.classProbability.contains(where: { $0 > 0 }) else {
            throw .unavailable("the source states no class with a probability above 0")
        }
        let work = law.labelNoise > 0 ? law.contexts * law.contexts : 1
        guard law.classes <= Self.mostWork / (law.contexts + 1) / work else {
            throw .invalidRequest(
                "\(law.classes) classes with \(law.contexts) contexts\(work > 1 ? " and label noise" : "") are too many for "
                    + "exact sums: choose fewer contexts")
        }
        self.law = law
        let norm = law.squaredNorm + Double(law.dimension) * law.inputNoise * law.inputNoise
        learner = KTLearner(labels: law.labels, labelNoise: law.labelNoise)
        vote = ContextVote(
            contexts: law.contexts, labels: law.labels, floor: floor,
            gap: gap ?? ContextVote.gap(squaredDistanceOfSquaredNorm: norm, temperature: Self.temperature))
        chanceError = 1 - 1 / Double(law.labels)
        bayesError = min(law.labelNoise, 1 - law.labelNoise)
        let trained = OtherLabels(law, labelOfClass: law.labelOfClass)
        strata = Self.strata(law, learner, vote, trained)
        views = ViewErrors.all(law, trained)
        regret = Regret(law, floor: floor)
        notes = Self.notes(law)
    }

    /// Classes times contexts, with label noise times their square once more.
    private static let mostWork = 1 << 28

    /// tau of the similarity predictor before training.
    package static let temperature = 2.718281828459045

    private static func notes(_ law: LabelledExamplesLaw) -> [String] {
        guard law.inputNoise > 0 else { return [] }
        return ["Upper bounds of the in-context loss hold for inputs without noise, here of \(Float(law.inputNoise))."]
    }

    /// Classes of one group and one probability, in ascending order, the most frequent ones of each group first.
    ///
    /// Probabilities are one where a draw of 32 bits cannot tell them apart.
    private static func alike(_ law: LabelledExamplesLaw) -> [[Int]] {
        let p = law.classProbability
        let q = law.contextProbability
        let order = p.indices.filter { p[$0] > 0 }.sorted {
            (law.groupOfClass[$0], -p[$0], $0) < (law.groupOfClass[$1], -p[$1], $1)
        }
        var strata: [[Int]] = []
        for x in order {
            if let first = strata.last?.first, law.groupOfClass[first] == law.groupOfClass[x],
                p[first] - p[x] <= 0x1p-31, abs(q[first] - q[x]) <= 0x1p-31
            {
                strata[strata.count - 1].append(x)
            } else {
                strata.append([x])
            }
        }
        return strata.map { $0.sorted() }
    }

    private static func strata(
        _ law: LabelledExamplesLaw, _ learner: KTLearner, _ vote: ContextVote, _ trained: OtherLabels
    ) -> [Stratum] {
        let bounds = (0...law.contexts).map { vote.bounds(wrong: law.contexts - $0) }
        return alike(law).map { classes in
            // Without noise the classes of a stratum are the same but for their labels, which never meet.
            let contexts = (law.labelNoise > 0 ? classes : [classes[0]]).map { trained.contexts(ofQuery: $0) }
            let counts = TrainingSetLaw(law, class: classes[0])
            return Stratum(
                group: law.groupNames[law.groupOfClass[classes[0]]], classes: classes, counts: counts,
                samples: law.trainingCount.map { counts.expectedSamples(in: Double($0)) },
                matches: contexts[0].matches, expectedMatches: contexts[0].expectedMatches,
                settings: LabelledSetting.all(law).map { setting in
                    let risks = contexts.map { $0.risk(bounds, relevance: setting.relevance) }
                    let count = Double(risks.count)
                    let risk = (
                        lower: risks.reduce(0) { $0 + $1.lower } / count,
                        upper: risks.reduce(0) { $0 + $1.upper } / count
                    )
                    return Setting(
                        name: setting.name, risk: risk, early: SwitchPoint(below: risk.upper, learner, counts),
                        late: SwitchPoint(below: risk.lower, learner, counts))
                })
        }
    }
}

extension LabelledExamplesTheory.SwitchPoint {
    /// Where the in-weight loss falls below a loss; nil where it never does.
    package init?(below risk: Double, _ learner: KTLearner, _ counts: TrainingSetLaw) {
        guard let samples = learner.samples(forExcessBelow: risk - learner.entropy) else { return nil }
        self.samples = samples
        trainingCount = counts.count(forSamples: samples)
    }
}

extension LabelledExamplesTheory {
    /// The in-weight loss of a stratum's classes after a training set of N.
    package func inWeightRisk(_ stratum: Stratum, trainingCount: Double) -> Double {
        learner.entropy + learner.excess(after: stratum.counts.expectedSamples(in: trainingCount))
    }

    /// Where a stratum's in-weight loss falls below a loss that was measured; nil where it never does.
    package func switchPoint(_ stratum: Stratum, inContextRisk: Double) -> SwitchPoint? {
        SwitchPoint(below: inContextRisk, learner, stratum.counts)
    }
}

extension LabelledExamplesTheory.Regret {
    fileprivate init(_ law: LabelledExamplesLaw, floor: Double) {
        let largest = -logarithm(floor)
        largestDifference = largest
        guard let count = law.trainingCount, largest.isFinite else {
            (rounds, rate, bound, boundByClass) = (nil, nil, nil, nil)
            return
        }
        let total = Double(count)
        rounds = total
        rate = OnlineRegret.rate(rounds: total, largestDifference: largest)
        bound = OnlineRegret.bound(rounds: total, largestDifference: largest)
        boundByClass = OnlineRegret.bound(
            roundsByKey: law.classProbability.indices.map {
                TrainingSetLaw(law, class: $0).expectedSamples(in: total)
            }, largestDifference: largest)
    }
}
