// SPDX-License-Identifier: Apache-2.0

import CHostThread

/// Names the plugin that brings the process down.
package enum CrashReport {
    /// The exit code of a plugin that failed while running.
    static let exitCode: Int32 = 69

    /// Catches fatal signals and exit() within a plugin's call from now on.
    ///
    /// Plugin, call and signal go to standard error, and the process ends with the exit code 69. Signals outside of calls
    /// take their usual way.
    static func install() { host_faults_catch(exitCode) }

    /// For signal handlers that are about to end the process: says which plugin's call is cut off, if one is.
    package static func tellOfCall() { host_call_tell("induct: stopped; ") }
}
