// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// A spec with everything it names found and checked, before any library is loaded or any process started.
struct PartPlan {
    let resolved: PluginHost.Resolved
    let kind: PluginKind
    /// The spec as it was written.
    let written: PluginSpec
    let config: ResolvedConfig
    let children: [Child]
    /// How the user would write it, with every parameter.
    let spec: PluginSpec

    /// What the part is made of.
    struct Child {
        /// Empty for positional children.
        let key: String
        let plan: PartPlan
    }

    var plugin: String { resolved.description.id }
    var name: String { resolved.part.name }

    init(
        resolved: PluginHost.Resolved, kind: PluginKind, written: PluginSpec, config: ResolvedConfig,
        children: [Child]
    ) {
        self.resolved = resolved
        self.kind = kind
        self.written = written
        self.config = config
        self.children = children
        var spec = config.spec(named: written.name)
        for child in children {
            if child.key.isEmpty {
                spec.children.append(child.plan.spec)
            } else {
                spec.arguments.append(.init(key: child.key, value: .spec(child.plan.spec)))
            }
        }
        self.spec = spec
    }

    /// What a `create` that failed means: what the plugin finds wrong with its parameters is an error in the spec; a file that
    /// they name and that is missing or damaged (NOT_FOUND, DATA_LOSS) is bad input.
    func error(for failure: PluginFailure) -> any Error {
        let isNamed = failure.message.hasPrefix(written.name + ":")
        let message = isNamed ? failure.message : "\(written.name): \(failure.message)"
        switch failure.status {
        case INDUCT_INVALID_ARGUMENT, INDUCT_OUT_OF_RANGE:
            return SpecError(message, position: written.position)
        case INDUCT_NOT_FOUND, INDUCT_DATA_LOSS: return HostError.badFile(message)
        default: return failure
        }
    }
}
