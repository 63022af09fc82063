// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Numbers in rows, for those who want them exact. The page's script makes it sortable.
struct DataTable: Sendable {
    enum Cell: Sendable {
        /// What the row is about.
        case header(String)
        case text(String)
        case number(String, Figure)
        case nothing
        case verdict(Verdict)
    }

    var id: String
    var caption: String
    var columns: [String]
    var rows: [[Cell]]

    var markup: Markup {
        tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": caption]) {
            tag("table", ["id": id]) {
                tag("caption") { caption }
                tag("thead") { tag("tr") { columns.enumerated().map { head($0.element, at: $0.offset) } } }
                tag("tbody") { rows.map { row in tag("tr") { row.map(markup) } } }
            }
        }
    }

    /// Over numbers it stands on the right, as they do.
    private func head(_ name: String, at column: Int) -> Markup {
        let isOfNumbers =
            rows.contains { row in
                if column < row.count, case .number = row[column] { true } else { false }
            }
        return tag("th", ["scope": "col", "class": isOfNumbers ? "number" : nil]) { name }
    }

    private func markup(of cell: Cell) -> Markup {
        switch cell {
        case .header(let text): tag("th", ["scope": "row"]) { text }
        case .text(let text): tag("td") { text }
        case .number(let text, let figure): tag("td", ["class": "number"] + figure.attributes) { text }
        case .nothing: tag("td", ["class": "number"]) { "–" }
        case .verdict(let verdict): tag("td", ["class": "verdict \(verdict.rawValue)"]) { verdict.text }
        }
    }
}
