// SPDX-License-Identifier: Apache-2.0

extension Recipe.Training {
    /// What the optimiser does otherwise with some of the parameters.
    ///
    /// A parameter belongs to the first group that holds at the step and has a pattern for its name; those of no group
    /// take the optimiser's settings.
    package struct ParameterGroup: Equatable, Sendable {
        /// Names of parameters; `*` stands for any characters, dots among them, `?` for one.
        package var patterns: [String]
        /// Factor on the learning rate.
        package var learningRateFactor: Double
        /// In place of the optimiser's decay, also for parameters that their architecture exempts; nil = as without.
        package var decay: Double?
        /// The step after which it holds; 0 = from the first update on.
        package var after: Int
        /// The last step at which it holds, above `after`; nil = to the end.
        package var until: Int?

        package init(
            patterns: [String], learningRateFactor: Double = 1, decay: Double? = nil, after: Int = 0, until: Int? = nil
        ) {
            self.patterns = patterns
            self.learningRateFactor = learningRateFactor
            self.decay = decay
            self.after = after
            self.until = until
        }

        /// Whether it holds for the update of a step, from 1.
        package func holds(at step: Int) -> Bool { step > after && until.map { step <= $0 } ?? true }

        /// Whether it has a pattern for a parameter's name.
        package func matches(_ name: String) -> Bool {
            patterns.contains { Self.matches(Array(name.unicodeScalars), Array($0.unicodeScalars)) }
        }

        /// Matches by going back to the last `*` alone.
        ///
        /// - Complexity: at most the product of the two lengths.
        static func matches(_ name: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
            var (i, j) = (0, 0)
            var star: (pattern: Int, name: Int)?
            while i < name.count {
                if j < pattern.count, pattern[j] == "*" {
                    star = (j, i)
                    j += 1
                } else if j < pattern.count, pattern[j] == "?" || pattern[j] == name[i] {
                    i += 1
                    j += 1
                } else if let last = star {
                    star = (last.pattern, last.name + 1)
                    i = last.name + 1
                    j = last.pattern + 1
                } else {
                    return false
                }
            }
            return pattern[j...].allSatisfy { $0 == "*" }
        }
    }
}

extension Recipe.Training.ParameterGroup {
    init(_ value: DocumentValue, _ path: String) throws(SpecError) {
        let reader = try MappingReader(
            value, path, keys: ["parameters", "learning_rate_factor", "decay", "after", "until"],
            hints: [
                "learning_rate":
                    "a group has a learning_rate_factor, which multiplies the optimizer's learning_rate",
                "weight_decay": "a group's decay is called decay",
            ])
        var patterns: [String] = []
        for (i, value) in (reader.list("parameters") ?? []).enumerated() {
            guard case .string(let text) = value.content, !text.isEmpty, text.utf8.count <= 1000 else {
                throw value.wrong("\(path).parameters.\(i) must be a pattern such as blocks.*.mlp.*, not \(value.kind)")
            }
            patterns.append(text)
        }
        guard !patterns.isEmpty else {
            throw value.wrong("\(path).parameters is missing: a pattern or a list of patterns such as blocks.*.mlp.*")
        }
        let factor = try reader.number("learning_rate_factor", in: 0...1e6)
        let decay = try reader.number("decay", in: 0...1e6)
        guard factor != nil || decay != nil else {
            throw value.wrong("\(path) changes nothing: give it a learning_rate_factor, a decay, or both")
        }
        let after = try reader.integer("after", in: 0...Recipe.Limit.steps.upperBound) ?? 0
        let until = try reader.integer("until", in: Recipe.Limit.steps)
        if let until, until <= after {
            throw (reader.optional("until") ?? value).wrong(
                "\(path).until must be above \(path).after, which is \(after), not \(until): it would never hold")
        }
        self.init(patterns: patterns, learningRateFactor: factor ?? 1, decay: decay, after: after, until: until)
    }

    var json: JSON {
        var members: [JSON.Member] = [
            .init(key: "parameters", value: .array(patterns.map { .string($0) })),
            .init(key: "learning_rate_factor", value: .number(learningRateFactor)),
        ]
        if let decay { members.append(.init(key: "decay", value: .number(decay))) }
        if after > 0 { members.append(.init(key: "after", value: .integer(Int64(after)))) }
        if let until { members.append(.init(key: "until", value: .integer(Int64(until)))) }
        return .object(members)
    }
}
