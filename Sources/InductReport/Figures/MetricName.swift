// SPDX-License-Identifier: Apache-2.0

/// The metrics that figures are made of, by the names that the default evaluators and the training loop give them.
package enum MetricName {
    /// The mean loss of a training batch; no evaluation.
    package static let trainingLoss = "loss"
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
}
