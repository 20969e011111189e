// SPDX-License-Identifier: Apache-2.0

public import CInduct
import InductSDK

/// The plugin's one exported symbol.
@c @implementation
public func induct_plugin_entry_v1(
    _ host: UnsafePointer<induct_host>!, _ error: UnsafeMutablePointer<induct_error>!
) -> UnsafePointer<induct_plugin>! {
    Plugin(id: "org.example.noisy-cycle", version: "1.0.0", summary: "a plugin in Swift", parts: [NoisyCycle.self])
        .export(host, error)
}
