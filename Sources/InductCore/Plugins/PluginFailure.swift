// SPDX-License-Identifier: Apache-2.0

/// A plugin's call that did not succeed.
package struct PluginFailure: Error, CustomStringConvertible, Equatable {
    /// The plugin's id, and the part within it: "org.example.my-sources/my-coin".
    package var plugin: String
    /// The call: "fill", "forward", ...
    package var call: String
    /// A status of abi.h; 1 is cancellation.
    package var status: Int32
    package var message: String

    package init(plugin: String, call: String, status: Int32, message: String) {
        self.plugin = plugin
        self.call = call
        self.status = status
        self.message = message
    }

    /// Whether the plugin says that it was cancelled; true of that is what the host knows.
    package var isCancellation: Bool { status == 1 }

    package var description: String { "\(plugin) failed in \(call): \(message)" }
}
