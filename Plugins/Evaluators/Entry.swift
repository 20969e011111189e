// SPDX-License-Identifier: Apache-2.0

public import CInduct
import InductSDK

/// The plugin's one exported symbol.
@c @implementation
public func induct_plugin_entry_v1(
    _ host: UnsafePointer<induct_host>!, _ error: UnsafeMutablePointer<induct_error>!
) -> UnsafePointer<induct_plugin>! {
    Plugin(
        id: "org.induct.evaluators", version: "0.1.0",
        summary: "Losses by position, gaps to the oracle, accuracy, losses at labels, in-context scores, belief probes",
        parts: [
            PositionLoss.self, OracleGap.self, Accuracy.self, LabelLoss.self, InContextScore.self, PowerLaw.self,
            BeliefProbe.self, Regret.self, ViewError.self, LabelOrigin.self, GateWeights.self,
        ]
    )
    .export(host, error)
}
