// SPDX-License-Identifier: Apache-2.0

package import Logging

extension HostOptions {
    /// What the environment of a process says: INDUCT_PLUGIN_PATH, XDG_DATA_HOME, XDG_CACHE_HOME, HOME, and where
    /// Python is: INDUCT_PYTHON, VIRTUAL_ENV, PATH.
    ///
    /// By the XDG base directory rules; relative XDG directories are ignored, as the rules ask.
    ///
    /// - Parameters:
    ///   - environment: the variables
    ///   - executable: the absolute path of `induct`; the default plugins and the kernels lie beside it
    ///   - plugins: paths of `--plugin`
    ///   - kernels: of `--kernels`
    ///   - log: where the host and the plugins write
    package init(
        environment: [String: String], executable: String, plugins: [String] = [], kernels: String? = nil,
        log: Logger = Logger(label: "induct")
    ) {
        func directory(_ variable: String, _ fallback: String) -> String? {
            if let path = environment[variable], path.hasPrefix("/") { return path }
            guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
            return home + fallback
        }
        self.init(
            plugins: plugins,
            searchPath: (environment["INDUCT_PLUGIN_PATH"] ?? "").split(separator: ":").map(String.init),
            userDirectory: directory("XDG_DATA_HOME", "/.local/share").map { $0 + "/induct/plugins" },
            executableDirectory: FilePaths.parent(of: executable),
            kernels: kernels,
            python: PythonInterpreter(environment: environment),
            describer: executable,
            cacheDirectory: directory("XDG_CACHE_HOME", "/.cache").map { $0 + "/induct" },
            log: log
        )
    }
}
