// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The interpreter that runs plugins written in Python: the user's own, with the packages that the user has installed.
package struct PythonInterpreter: Equatable, Sendable {
    /// The program's file.
    package let path: String
    /// Variables for the interpreter.
    package let environment: [String: String]

    /// INDUCT_PYTHON, else the python of VIRTUAL_ENV, else the python3 on PATH.
    ///
    /// - Returns: nil when there is none.
    package init?(environment variables: [String: String]) {
        func onPath(_ name: String) -> String? {
            (variables["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(name)" }
                .first { $0.hasPrefix("/") && Self.isProgram($0) }
        }
        if let chosen = variables["INDUCT_PYTHON"], !chosen.isEmpty {
            path = chosen.contains("/") ? chosen : onPath(chosen) ?? chosen
        } else if let home = variables["VIRTUAL_ENV"], !home.isEmpty, Self.isProgram(home + "/bin/python") {
            path = home + "/bin/python"
        } else {
            guard let found = onPath("python3") else { return nil }
            path = found
        }
        // The working directory holds no modules, sets keep their order, and sums theirs whatever the processors.
        var environment = ["PYTHONSAFEPATH": "1", "PYTHONHASHSEED": "0"]
        for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] where variables[name] == nil {
            environment[name] = "1"
        }
        self.environment = environment
    }

    static let missing =
        "it needs a Python interpreter, and there is none: set INDUCT_PYTHON, activate a virtual environment, or "
        + "install python3"

    /// Arguments that run the package's worker, or its description, of a file.
    func arguments(for file: String, describing: Bool = false) -> [String] {
        ["-m", "induct.worker"] + (describing ? ["--describe"] : []) + [file]
    }

    private static func isProgram(_ path: String) -> Bool { FilePaths.isFile(path) && access(path, X_OK) == 0 }
}
