// SPDX-License-Identifier: Apache-2.0

import InductHost

/// The hidden subcommand by which the host looks at a library in a process of its own.
enum DescribePlugin {
    static func run(_ path: String) -> Never { PluginDescriber.run(path) }
}
