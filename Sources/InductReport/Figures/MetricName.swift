// SPDX-License-Identifier: Apache-2.0

/// The metrics that figures are made of, by the names that the default evaluators and the training loop give them.
package enum MetricName {
    /// The mean loss of a training batch, under the evaluation `training`.
    package static let trainingLoss = "loss"
    package static let training = "training"
    /// Mean loss by predicted position.
    package static let positionLoss = "position_loss"
    /// Mean KL(oracle || model) by predicted position.
    package static let oracleGap = "oracle_gap"
    /// Mean loss at chosen target tokens, by how often the token was seen before.
    package static let labelLoss = "label_loss"
    /// Its mean over all targets seen before at least once.
    package static let labelLossLater = "label_loss_later"
    /// By how often it was seen before, for the oracle.
    package static let labelLossOracle = "label_loss_oracle"
    /// Curves that figures of their own show, or that say with more noise or less detail what such a figure says.
    static let drawnCurves: Set<String> = [
        positionLoss, oracleGap, labelLoss, labelLossOracle, "excess_loss", "mean_oracle_gap_by_component",
        "regret_by_key", regretBoundByKey,
    ]
    /// Of a gate, between two evaluations: losses by key with a row for each, M, and the bounds of its rule.
    static let lossesByKey = "losses_by_key"
    static let regretLargestDifference = "regret_largest_difference"
    static let regretBound = "regret_bound"
    static let regretBoundByKey = "regret_bound_by_key"
    /// The axis of curves by 0-based predicted position.
    static let position = "position"
    /// Mean loss over all positions.
    package static let meanLoss = "mean_loss"
    /// Mean KL(oracle || model) by position, a row for each component.
    package static let oracleGapByComponent = "oracle_gap_by_component"
    /// Shares of the activations' variance by principal component, a row for each point.
    package static let activationSpectrum = "activation_spectrum"
    /// Principal angles between components' subspaces, a row for each point and pair.
    package static let componentAngles = "component_angles"
    /// Held-out rows of a belief probe, as the oracle knows and as the regression says.
    package static let beliefExact = "belief_exact"
    package static let beliefRegressed = "belief_regressed"
    /// Ends the names of a probe's metrics that are about the model before training.
    package static let untrained = "_untrained"

    /// Begins the names of errors by view, and ends those of views whose labels were replaced.
    package static let viewError = "error_"
    package static let shiftedView = "_oobd"

    /// What a belief probe reads off activations.
    package static let probeTargets = ["belief", "posterior", "predictive"]
    /// R^2 of a probe by point.
    package static func probeR2(_ target: String) -> String { target + "_r2" }
    /// R^2 of a probe by position, a row for each point.
    package static func probeR2ByPosition(_ target: String) -> String { target + "_r2_by_position" }
}
