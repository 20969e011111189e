// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductSDK

/// The Bayes-optimal predictor of `gaussian-classes`: P(target | inputs and labels of the context, the query).
///
/// It knows the centres and the law of training as its population, not a finite training set: p_high or Zipf's law,
/// p_relevant, the rule of contexts, burstiness, sigma and label noise. In every view it says what is optimal in training.
///
///     P(c | x, context) ~ p_c N(x; mu_c, sigma^2) P(context | c)
///     P(context | c) = sum over relevance and burstiness of their probability times `ContextLikelihood`
///     P(target = y) = (1 - eps) P(c = y) + eps P(c = y - 1)
///
/// log_probability is the logarithm of the density of all inputs and of the context's labels; at sigma = 0, where inputs are
/// centres, of their probability. What training could never show, as contradicting labels at sigma = 0 and eps = 0, has
/// probability 0, and no law.
struct ExampleOracle: SourceOracle {
    let source: GaussianClasses

    func evaluate(_ request: OracleRequest) throws { try RoundingMode.nearest { try write(request) } }

    private func write(_ request: OracleRequest) throws {
        guard let inputs = try request.tensor(0)?.floats.baseAddress,
            let labels = try request.tensor(1)?.integers.baseAddress
        else {
            throw InductError(
                .invalidArgument, "the oracle needs the tensors 'inputs' and 'labels', which were not given")
        }
        let rule = source.draw.rule
        let centres = source.task(request.seed).centres
        let (items, size, count) = (rule.slots + 1, centres.dimension, rule.law.count)
        for label in 0..<request.count * rule.slots where labels[label] < 0 || Int(labels[label]) >= count {
            throw InductError(
                .invalidArgument, "label \(labels[label]) of sample \(label / rule.slots) lies outside [0, \(count))")
        }
        let constant =
            source.inputs.deviation > 0
            ? -Double(items * size) * (0.5 * log(2 * Double.pi) + log(Double(source.inputs.deviation))) : 0
        for sample in 0..<request.count {
            let rows = inputs + sample * items * size
            var logarithm = constant
            let pairs = (0..<rule.slots).map { slot in
                pair(Int(labels[sample * rule.slots + slot]), rows + slot * size, centres, &logarithm)
            }
            let context = ContextLikelihood(rule: rule, pairs: pairs)
            let joint = (0..<count).map { label in
                let prior = rule.law.probability(label)
                guard prior > 0 else { return -Double.infinity }
                return log(prior) + density(rows + rule.slots * size, centres, label) + likelihood(context, label)
            }
            let total = logarithmOfSum(joint)
            request.logProbability?[sample] = logarithm + total
            guard let predictive = request.predictive else { continue }
            let noise = source.draw.labelNoise.probability
            for label in 0..<count {
                let before = label == 0 ? count - 1 : label - 1
                predictive[sample * count + label] =
                    total > -.infinity
                    ? (1 - noise) * exp(joint[label] - total) + noise * exp(joint[before] - total) : .nan
            }
        }
    }

    /// What a pair may be; its likelihoods' common factor goes into `logarithm`.
    private func pair(
        _ label: Int, _ input: UnsafePointer<Float>, _ centres: ClassCentres, _ logarithm: inout Double
    ) -> ContextLikelihood.Pair {
        let count = source.draw.rule.law.count
        let noise = source.draw.labelNoise.probability
        let before = label == 0 ? count - 1 : label - 1
        let same = noise < 1 ? log(1 - noise) + density(input, centres, label) : -.infinity
        let other = noise > 0 ? log(noise) + density(input, centres, before) : -.infinity
        let greatest = max(same, other)
        guard greatest > -.infinity else {
            return ContextLikelihood.Pair(classes: (label, before), likelihoods: (0, 0))
        }
        logarithm += greatest
        return ContextLikelihood.Pair(
            classes: (label, before), likelihoods: (exp(same - greatest), exp(other - greatest)))
    }

    /// ln of the normal density around a class's centre, without its constant.
    private func density(_ input: UnsafePointer<Float>, _ centres: ClassCentres, _ label: Int) -> Double {
        let size = centres.dimension
        var square = 0.0
        for place in 0..<size {
            let difference = Double(input[place]) - Double(centres.values[label * size + place])
            square += difference * difference
        }
        let deviation = Double(source.inputs.deviation)
        if deviation > 0 { return -square / (2 * deviation * deviation) }
        return square == 0 ? 0 : -.infinity
    }

    /// ln P(context | class of the query).
    private func likelihood(_ context: ContextLikelihood, _ label: Int) -> Double {
        let (relevance, burstiness) = (source.draw.relevance.probability, source.draw.burstiness.probability)
        var logarithms: [Double] = []
        for (isRelevant, first) in [(true, relevance), (false, 1 - relevance)] {
            for (isBursty, second) in [(true, burstiness), (false, 1 - burstiness)] where first * second > 0 {
                logarithms.append(
                    log(first * second) + context.logarithm(label, isRelevant: isRelevant, isBursty: isBursty))
            }
        }
        return logarithmOfSum(logarithms)
    }
}
