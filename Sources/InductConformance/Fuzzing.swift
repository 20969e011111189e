// SPDX-License-Identifier: Apache-2.0

import Glibc
import InductCore
import InductHost

/// How long a plugin is tried with whatever comes.
package enum FuzzPlan: Equatable, Sendable {
    case cases(Int)
    case seconds(Double)

    /// "500", or "30s".
    package init?(_ text: String) {
        if text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds > 0, seconds < 1e6 {
            self = .seconds(seconds)
        } else if let count = Int(text), count > 0 {
            self = .cases(count)
        } else {
            return nil
        }
    }
}

/// Random configurations and calls, each a case that its seed alone makes again.
///
/// A case passes when the part refuses in words, or works twice alike and stays within its memory.
struct FuzzCase {
    let seed: UInt64
    let part: PluginListing.Part
    let schema: ConfigSchema
    /// One of the part's examples, qualified.
    let example: PluginSpec

    func run(_ subject: Subject) throws {
        var words = RandomWords(seed: seed, purpose: 0x80)
        if words.below(4) == 0 {
            try tryGarbledConfiguration(subject, &words)
        } else {
            try tryConfiguration(subject, &words)
        }
        if let text = subject.border.violation(.memory) ?? subject.border.violation(.message) {
            throw CheckFailure(text)
        }
    }

    /// A text that the host would never hand over.
    private func tryGarbledConfiguration(_ subject: Subject, _ words: inout RandomWords) throws {
        _ = try? subject.instance(part.kind)
        guard let good = subject.border.configuration else { return }
        var text = good
        for _ in 0...words.below(3) { text = BadConfigurations.garbled(text, &words) }
        subject.border.changes = Border.Changes(config: text)
        defer { subject.border.changes = Border.Changes() }
        _ = try? subject.instance(part.kind)
    }

    /// Values that the schema allows, across a border that another host might have.
    private func tryConfiguration(_ subject: Subject, _ words: inout RandomWords) throws {
        var subject = subject
        subject.spec = randomSpec(&words)
        let sizes: [StructSize] = [.own, .larger(tail: 0), .larger(tail: 0xa5)]
        let size = sizes[words.below(sizes.count)]
        let changes = Border.Changes(create: size, call: size, error: size)
        let once = try subject.outcome(part.kind, changes)
        guard case .gave = once else { return }
        try require(
            once == (try subject.outcome(part.kind, Border.Changes())),
            "\(subject.spec.description) gives something else the second time")
    }

    private func randomSpec(_ words: inout RandomWords) -> PluginSpec {
        var spec = example
        for parameter in schema.parameters where words.below(2) == 0 {
            guard let value = Self.value(parameter.rule, &words) else { continue }
            spec.arguments.removeAll { $0.key == parameter.name }
            spec.arguments.append(.init(key: parameter.name, value: value))
        }
        return spec
    }

    /// A value within the limits, often at one of them; nil where none can be made up.
    private static func value(_ rule: ValueRule, _ words: inout RandomWords) -> SpecValue? {
        switch rule {
        case .boolean: return .boolean(words.below(2) == 0)
        case .string(let values): return values.flatMap { $0.isEmpty ? nil : .string($0[words.below($0.count)]) }
        case .integer(let range):
            let low = range.minimum ?? 0
            let high = min(range.maximum ?? low + 12, low + 12)
            guard let first = Int64(exactly: low.rounded(.up)), high >= low else { return nil }
            return .integer(first + Int64(words.below(Int(high - low) + 1)))
        case .number(let range):
            let low = range.minimum ?? range.exclusiveMinimum ?? -4
            let high = range.maximum ?? range.exclusiveMaximum ?? low + 8
            let share = [0, 1, 0.5, 1e-9, Double(words.next()) * 0x1p-32][words.below(5)]
            let value = low + (high - low) * share
            return range.contains(value) ? .number(value) : nil
        case .array, .child: return nil
        }
    }
}
