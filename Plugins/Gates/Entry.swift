// SPDX-License-Identifier: Apache-2.0

public import CInduct
import InductSDK

/// The plugin's one exported symbol.
@c @implementation
public func induct_plugin_entry_v1(
    _ host: UnsafePointer<induct_host>!, _ error: UnsafeMutablePointer<induct_error>!
) -> UnsafePointer<induct_plugin>! {
    Plugin(
        id: "org.induct.gates", version: "0.1.0", summary: "Gates over the experts of a mixture",
        parts: [
            ConstantGate.self, MLPGate.self, SoftmaxRouter.self, OnlineGate<TabularRule>.self,
            OnlineGate<LeaderRule>.self,
        ]
    )
    .export(host, error)
}
