// SPDX-License-Identifier: Apache-2.0

package import InductCore

/// The factor on the learning rate at every training step t, from 1 to T.
///
/// - constant: 1.
/// - warm-up(steps=w): t/w up to step w, then 1.
/// - cosine(warmup=w, final=f): t/w up to step w, then f + (1 - f) (1 + cos(pi (t - w) / (T - w))) / 2; f at step T.
/// - inverse-square-root(warmup=w): t/w up to step w, then sqrt(w/t); without warm-up sqrt(1/t).
package enum Schedule: Equatable, Sendable {
    case constant
    case warmUp(steps: Int)
    case cosine(warmup: Int, final: Double, steps: Int)
    case inverseSquareRoot(warmup: Int)

    private static let warmup = #""warmup": {"type": "integer", "minimum": 0, "default": 0}"#

    /// The schedules and what they accept.
    package static let schemas: [(name: String, schema: String)] = [
        ("constant", #"{"parameters": {}}"#),
        ("warm-up", #"{"parameters": {"steps": {"type": "integer", "minimum": 1}}}"#),
        (
            "cosine",
            #"{"parameters": {"# + warmup
                + #", "final": {"type": "number", "minimum": 0, "maximum": 1, "default": 0}}}"#
        ),
        ("inverse-square-root", #"{"parameters": {"# + warmup + "}}"),
    ]

    private static func resolve(_ spec: PluginSpec) throws -> ResolvedConfig {
        guard let schema = schemas.first(where: { $0.name == spec.name })?.schema else {
            throw SpecError.unknown("schedule", spec, among: schemas.map(\.name))
        }
        return try ConfigSchema(parsing: schema).resolve(spec)
    }

    /// The spec with every parameter given.
    ///
    /// - Throws: `SpecError`, as `init`.
    static func resolved(_ spec: PluginSpec) throws -> PluginSpec { try resolve(spec).spec(named: spec.name) }

    /// Reads a spec for a training of T = `steps` steps.
    ///
    /// - Throws: `SpecError` for an unknown name or parameter, a wrong type or range.
    package init(_ spec: PluginSpec, steps: Int) throws {
        let config = try Self.resolve(spec).json
        let warmup = config["warmup"]?.int ?? 0
        switch spec.name {
        case "warm-up": self = .warmUp(steps: config["steps"]?.int ?? 1)
        case "cosine": self = .cosine(warmup: warmup, final: config["final"]?.double ?? 0, steps: steps)
        case "inverse-square-root": self = .inverseSquareRoot(warmup: warmup)
        default: self = .constant
        }
    }

    /// The factor at step `t`, from 1.
    package func factor(_ t: Int) -> Double {
        switch self {
        case .constant:
            return 1
        case .warmUp(let steps):
            return min(1, Double(t) / Double(steps))
        case .cosine(let warmup, let final, let steps):
            if t <= warmup { return Double(t) / Double(warmup) }
            let progress = steps > warmup ? min(1, Double(t - warmup) / Double(steps - warmup)) : 1
            return final + (1 - final) * (1 + ReproducibleFunctions.cosineOfPi(progress)) / 2
        case .inverseSquareRoot(let warmup):
            if t <= warmup { return Double(t) / Double(warmup) }
            return (Double(max(1, warmup)) / Double(t)).squareRoot()
        }
    }
}
