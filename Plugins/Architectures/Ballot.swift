// SPDX-License-Identifier: Apache-2.0

import InductSDK

/// How the shares h of the classes become probabilities: p_c = max((1 - floor C) h_c + floor, 10^-7).
///
/// A class that no example of the context has keeps a finite loss: -ln floor, or 16.1 nats without a floor.
///
/// Source: Chan, Chen, György, Schuurmans, "Toward Understanding In-context vs. In-weight Learning", 2025, section 3.
struct Ballot: Sendable {
    static let floorOption = Parameter.number(
        "floor", default: 0, in: 0...1,
        "probability that every class has whatever the context says; at most 1 / classes")

    /// What a probability is at least.
    static let least: Float = 1e-7

    private let floor: Float
    /// What is left for the votes: 1 - floor C.
    private let slope: Float

    init(_ configuration: Configuration, classes: Int) throws(InductError) {
        let floor = try configuration.number("floor")
        guard floor * Double(classes) <= 1 else {
            throw InductError.invalid(
                "floor=\(floor) for each of \(classes) classes is more than 1 in all: give at most \(1 / Double(classes))"
            )
        }
        self.floor = Float(floor)
        slope = Float(1 - floor * Double(classes))
    }

    /// The probability of a class with this share of the votes.
    @inline(__always)
    func probability(_ share: Float) -> Float { max(slope * share + floor, Self.least) }

    /// d p / d share.
    @inline(__always)
    func derivative(_ share: Float) -> Float { slope * share + floor > Self.least ? slope : 0 }
}
