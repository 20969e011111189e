// SPDX-License-Identifier: Apache-2.0

/// A self-contained page in HTML: headings, facts, tables, and figures as SVG inside it.
///
/// It needs no network and no script.
package struct ReportPage: Sendable {
    package var title: String
    package var sections: [Section]

    package struct Section: Sendable {
        package var title: String
        package var paragraphs: [String] = []
        package var tables: [Table] = []
        /// Texts of SVG files.
        package var figures: [String] = []

        package init(
            title: String, paragraphs: [String] = [], tables: [Table] = [], figures: [String] = []
        ) {
            self.title = title
            self.paragraphs = paragraphs
            self.tables = tables
            self.figures = figures
        }
    }

    package struct Table: Sendable {
        /// Empty: no heading.
        package var heading: [String]
        package var rows: [[String]]

        package init(heading: [String] = [], rows: [[String]]) {
            self.heading = heading
            self.rows = rows
        }
    }

    package init(title: String, sections: [Section]) {
        self.title = title
        self.sections = sections
    }

    package var html: String {
        var number = 0
        let body = sections.map { section -> String in
            let figures = section.figures.map { svg -> String in
                number += 1
                return "<figure>\(Self.embedded(svg, number: number))</figure>\n"
            }
            return "<section>\n<h2>\(Self.escaped(section.title))</h2>\n"
                + section.paragraphs.map { "<p>\(Self.escaped($0))</p>\n" }.joined()
                + section.tables.map(Self.table).joined() + figures.joined() + "</section>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>\(Self.escaped(title))</title>
            <style>
            body { font: 15px/1.5 Helvetica, Arial, "Liberation Sans", sans-serif; color: #222; max-width: 1000px;
              margin: 2em auto; padding: 0 1em; }
            h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #ddd; }
            table { border-collapse: collapse; font-size: .9em; margin: 1em 0; display: block; overflow-x: auto; }
            td, th { text-align: left; padding: .15em .9em .15em 0; vertical-align: top; }
            th { border-bottom: 1px solid #999; font-weight: 600; }
            figure { margin: 1em 0; } figure svg { max-width: 100%; height: auto; }
            </style>
            </head>
            <body>
            <h1>\(Self.escaped(title))</h1>
            \(body.joined())</body>
            </html>

            """
    }

    private static func table(_ table: Table) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        return "<table>\n" + (table.heading.isEmpty ? "" : row(table.heading, "th"))
            + table.rows.map { row($0, "td") }.joined() + "</table>\n"
    }

    /// The SVG element alone, its ids made its own: several stand in one page.
    static func embedded(_ svg: String, number: Int) -> String {
        let start = svg.firstRange(of: "<svg")?.lowerBound ?? svg.startIndex
        return [("id=\"", "id=\"f\(number)-"), ("url(#", "url(#f\(number)-"), ("href=\"#", "href=\"#f\(number)-")]
            .reduce(String(svg[start...])) { text, change in text.replacing(change.0, with: change.1) }
    }

    private static func escaped(_ text: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")].reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
