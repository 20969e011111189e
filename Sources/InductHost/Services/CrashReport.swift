// SPDX-License-Identifier: Apache-2.0

import CHostThread

/// Names the plugin that brings the process down.
enum CrashReport {
    /// The exit code of a plugin that failed while running.
    static let exitCode: Int32 = 69

    /// From now on a fatal signal or exit() within a plugin's call writes plugin, call and signal to standard error and
    /// ends the process with the exit code 69. Signals outside of calls take their usual way.
    static func install() { host_faults_catch(exitCode) }
}
