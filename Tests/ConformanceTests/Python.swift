// SPDX-License-Identifier: Apache-2.0

import Foundation
import InductCore
import Testing

/// The interpreter and the package that the tests of plugins in Python run with.
enum Python {
    static let directory = Tools.sources.appending(path: "SDK/Python")
    /// Made by `Support/setup python`, with NumPy alone.
    static let interpreter = Tools.sources.appending(path: ".build/python/bin/python").path

    /// What every process gets: the package as it is in the sources, and no description of another day.
    static func environment(cache: URL) throws -> [String: String] {
        try #require(
            FileManager.default.isExecutableFile(atPath: interpreter),
            "no \(interpreter): run Support/setup python, which `make test` does")
        return [
            "INDUCT_PYTHON": interpreter, "PYTHONPATH": directory.path, "INDUCT": Tools.induct,
            "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": cache.path, "XDG_DATA_HOME": cache.path,
        ]
    }

    /// A file with this code in a directory.
    static func write(_ code: String, to name: String, in directory: URL) throws -> String {
        let file = directory.appending(path: name)
        try code.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }

    /// A source of text that does this in `fill`.
    static func source(filling body: String) -> String {
        """
        import numpy as np
        import induct

        PLUGIN = induct.Plugin("org.example.mine", "1.0.0")

        @induct.source
        class Mine:
            def schema(self):
                return induct.Schema.text(2)

            def fill(self, batch):
                \(body)

        """
    }
}
