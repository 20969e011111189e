// SPDX-License-Identifier: Apache-2.0

/// The kinds of plugin parts; the numbers are those of abi.h.
package enum PluginKind: UInt32, CaseIterable, Sendable {
    case source = 1
    case architecture
    case gate
    case evaluator

    /// "source", "architecture", "gate", "evaluator".
    package var name: String {
        switch self {
        case .source: "source"
        case .architecture: "architecture"
        case .gate: "gate"
        case .evaluator: "evaluator"
        }
    }

    package init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}
