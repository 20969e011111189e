// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The external command `vl-convert`, which turns Vega-Lite into pictures; each picture is drawn in a child process.
package struct FigureRenderer: Sendable {
    /// The command, as found.
    package var command: String
    /// Pixels of a PNG for each of the figure's points.
    package var scale = 2
    /// Children at the same time.
    package var concurrency: Int

    package init(command: String, concurrency: Int = 2) {
        self.command = command
        self.concurrency = max(1, concurrency)
    }

    /// What to do when there is none.
    package static let advice =
        "figures: no vl-convert found, so there are only Vega-Lite files; for SVG and PNG run `make setup-figures` in "
        + "Induct's sources, or set INDUCT_VL_CONVERT to the command"

    /// Looks for the command: INDUCT_VL_CONVERT, `.venv/bin/vl-convert` in a directory above the executable, PATH.
    ///
    /// Never looks in the working directory.
    ///
    /// - Parameters:
    ///   - environment: The process's environment.
    ///   - executableDirectory: The directory of the running executable, absolute.
    /// - Returns: nil when there is none, or INDUCT_VL_CONVERT is empty.
    package static func find(environment: [String: String], executableDirectory: String) -> FigureRenderer? {
        if let chosen = environment["INDUCT_VL_CONVERT"] {
            return chosen.isEmpty ? nil : FigureRenderer(command: chosen)
        }
        // .build/TRIPLE/release/induct lies three directories below the package.
        var directory = Substring(executableDirectory)
        for _ in 0..<4 {
            let candidate = directory + "/.venv/bin/vl-convert"
            if isExecutable(String(candidate)) { return FigureRenderer(command: String(candidate)) }
            guard let slash = directory.lastIndex(of: "/") else { break }
            directory = directory[..<slash]
        }
        for folder in (environment["PATH"] ?? "").split(separator: ":") where folder.hasPrefix("/") {
            if isExecutable(folder + "/vl-convert") { return FigureRenderer(command: folder + "/vl-convert") }
        }
        return nil
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// A kind of picture, by its file's ending.
    package enum Picture: String, CaseIterable, Sendable {
        case svg
        case png
    }

    /// Draws `STEM.svg` and `STEM.png` from `STEM.vl.json` for each stem.
    ///
    /// - Returns: The files drawn, and what went wrong with the first that was not.
    package func render(
        _ stems: [String], as pictures: [Picture] = Picture.allCases
    ) -> (files: [String], failure: String?) {
        let jobs = stems.flatMap { stem in
            pictures.map { picture in
                let output = "\(stem).\(picture.rawValue)"
                return Job(
                    output: output,
                    arguments: ["vl2\(picture.rawValue)", "--input", stem + ".vl.json", "--output", output]
                        + (picture == .png ? ["--scale", "\(scale)"] : []))
            }
        }
        var files: [String] = []
        var failure: String?
        var next = jobs.startIndex
        while next < jobs.endIndex, failure == nil {
            let group = jobs[next..<min(next + concurrency, jobs.endIndex)]
            next = group.endIndex
            for (job, child) in group.map({ ($0, ChildProcess(command, $0.arguments)) }) {
                if let reason = child.wait() {
                    failure = failure ?? "\(command) could not draw \(job.output): \(reason)"
                } else {
                    files.append(job.output)
                }
            }
        }
        return (files, failure)
    }

    private struct Job {
        var output: String
        var arguments: [String]
    }
}
