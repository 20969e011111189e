// SPDX-License-Identifier: Apache-2.0

/// Columns of text, aligned.
struct TextTable {
    enum Alignment {
        case left
        case right
    }

    private var rows: [[String]]
    private let alignments: [Alignment]

    /// `columns`: the headings and their alignment.
    init(_ columns: [(String, Alignment)]) {
        rows = [columns.map(\.0)]
        alignments = columns.map(\.1)
    }

    /// A table of names and values without headings.
    static func pairs(_ pairs: [(String, String)]) -> String {
        var table = TextTable([("", .left), ("", .left)])
        table.rows = pairs.map { [$0.0, $0.1] }
        return table.text
    }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == alignments.count, "one cell for each column")
        rows.append(cells)
    }

    /// The lines, each with its end, without blanks at the ends of lines.
    var text: String {
        var widths = [Int](repeating: 0, count: alignments.count)
        for row in rows { for (i, cell) in row.enumerated() { widths[i] = max(widths[i], cell.count) } }
        return rows.map { row in
            var line = ""
            for (i, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[i] - cell.count)
                line += (i > 0 ? "  " : "") + (alignments[i] == .left ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
