// SPDX-License-Identifier: Apache-2.0

package import Logging

/// Where the host looks, what it may use, and whom it tells.
package struct HostOptions: Sendable {
    /// Libraries, bundles or directories named by the user; first in the search.
    package var plugins: [String]
    /// INDUCT_PLUGIN_PATH, split at its colons.
    package var searchPath: [String]
    /// The user's own plugins: $XDG_DATA_HOME/induct/plugins; nil = none.
    package var userDirectory: String?
    /// Where the executable, its kernels and the default plugins lie.
    package var executableDirectory: String
    /// A variant: "reference", "x86-64-v3", ...; nil = the best that the processor runs.
    package var kernels: String?
    /// Runs plugins written in Python; nil = there is none.
    package var python: PythonInterpreter?
    /// The executable `induct`, which describes libraries in a process of its own.
    package var describer: String
    /// Seconds that a library may take to describe itself.
    package var describeLimit: Double
    /// Which parts run in processes of their own.
    package var isolation = Isolation.none
    /// Seconds that a call in another process may take.
    package var isolationLimit = 300.0
    /// What the worker of a compiled plugin is told about where to look: `--plugin`, `--kernels`.
    package var workerArguments: [String] = []
    /// Whether a fatal signal within a plugin's call is named before it ends this process.
    package var catchesFaults = true
    /// Where descriptions are remembered: $XDG_CACHE_HOME/induct; nil = nowhere.
    package var cacheDirectory: String?
    package var log: Logger
    /// Asked by long calls of plugins: whether the user wants to stop.
    package var isCancelled: @Sendable () -> Bool
    /// Told by long calls of plugins: a fraction in [0, 1] and a message.
    package var progress: @Sendable (Double, String) -> Void
    /// Between the host and the tables of plugins; for checks only.
    package var interposer: (any TableInterposer)?

    package init(
        plugins: [String] = [], searchPath: [String] = [], userDirectory: String? = nil, executableDirectory: String,
        kernels: String? = nil, python: PythonInterpreter? = nil, describer: String, describeLimit: Double = 10,
        cacheDirectory: String? = nil, log: Logger = Logger(label: "induct"),
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) {
        self.plugins = plugins
        self.searchPath = searchPath
        self.userDirectory = userDirectory
        self.executableDirectory = executableDirectory
        self.kernels = kernels
        self.python = python
        self.describer = describer
        self.describeLimit = describeLimit
        self.cacheDirectory = cacheDirectory
        self.log = log
        self.isCancelled = isCancelled
        self.progress = progress
    }
}
