// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Report {
    /// Every figure drawn as SVG, for a page.
    ///
    /// - Returns: the texts, and a line for the user when they could not be drawn.
    package func pictures(renderer: FigureRenderer?) throws(ReportError) -> (svgs: [String], note: String?) {
        guard !figures.isEmpty else { return ([], nil) }
        var template = Array("/tmp/induct-report-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .file(path: "/tmp", reason: "no temporary directory can be made: \(File.message(errno))")
        }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let stems = specifications.map { "\(directory)/figures/\($0.name)" }
        defer {
            for stem in stems { for ending in [".vl.json", ".svg"] { unlink(stem + ending) } }
            rmdir(directory + "/figures")
            rmdir(directory)
        }
        let outcome = try write(to: directory, renderer: renderer, as: [.svg])
        var svgs: [String] = []
        for file in outcome.files where file.hasSuffix(".svg") { svgs.append(try File.read(file)) }
        return (svgs, outcome.note)
    }
}
