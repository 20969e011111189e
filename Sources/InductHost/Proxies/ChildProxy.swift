// SPDX-License-Identifier: Apache-2.0

import CInduct
import InductCore

/// What a parent plugin gets for a child that may come from another library: a table of the host's, whose functions
/// check the call, keep the child's concurrency rules, and forward to it.
protocol ChildProxy: AnyObject, Sendable {
    var kind: PluginKind { get }
    /// With every parameter.
    var spec: PluginSpec { get }
    /// The `handle` of induct_child; valid as long as the proxy lives.
    var handle: UnsafeRawPointer { get }
}

/// A child as an opened spec gives it to `create`.
struct OpenedChild: Sendable {
    /// Empty for positional children.
    var key: String
    var proxy: any ChildProxy
}
