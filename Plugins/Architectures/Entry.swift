// SPDX-License-Identifier: Apache-2.0

public import CInduct
import InductSDK

/// The plugin's one exported symbol.
@c @implementation
public func induct_plugin_entry_v1(
    _ host: UnsafePointer<induct_host>!, _ error: UnsafeMutablePointer<induct_error>!
) -> UnsafePointer<induct_plugin>! {
    Plugin(
        id: "org.induct.architectures", version: "0.1.0",
        summary: "Predictors of one idea each: from weights alone, from the context alone, from counts, item by item",
        parts: [Perceptron.self, Similarity.self, NearestNeighbours.self, TabularCounts.self, GRU.self]
    )
    .export(host, error)
}
