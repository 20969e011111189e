// SPDX-License-Identifier: Apache-2.0

/// Turns specs into opened parts of plugins.
///
/// The host is one; tests have their own.  Throws `SpecError` for a spec that is wrong and `PluginFailure` for a plugin
/// that fails.
package protocol PluginOpener: AnyObject {
    /// The spec with every parameter given, defaults included; nothing is opened.
    func resolved(_ spec: PluginSpec, as kind: PluginKind) throws -> PluginSpec
    func source(_ spec: PluginSpec) throws -> any Source
    /// `schema` is the bound one (`Schema.bound(length:)`).
    func architecture(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Architecture
    func gate(_ spec: PluginSpec, schema: Schema, length: Int, experts: Int) throws -> any Architecture
    func evaluator(_ spec: PluginSpec, schema: Schema, length: Int) throws -> any Evaluator
}
