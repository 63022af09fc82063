// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Cells in columns that are as wide as they need to be, for a terminal.
struct TextTable {
    var head: [String]
    var rows: [[String]]
    /// Columns with text; the others have numbers, which stand on the right.
    var leading: Set<Int>
    /// Columns that are left out, one after the other, until the lines are short enough.
    var dispensable: [Int] = []

    func lines(columns: Int) -> [String] {
        var left = Array(head.indices)
        var dropped = dispensable[...]
        while width(of: left) > columns, let next = dropped.popFirst() { left.removeAll { $0 == next } }
        return ([head] + rows).map { line($0, left) }
    }

    private func cellWidth(_ column: Int) -> Int { ([head] + rows).map { $0[column].count }.max() ?? 0 }

    /// The last column may hold a reason of any length, which wraps; nothing is left out for it.
    private func width(of columns: [Int]) -> Int {
        columns.reduce(0) { $0 + 2 + ($1 == head.count - 1 ? min(40, cellWidth($1)) : cellWidth($1)) } - 2
    }

    private func line(_ cells: [String], _ columns: [Int]) -> String {
        let text = columns.map { column in
            let padding = String(repeating: " ", count: cellWidth(column) - cells[column].count)
            return leading.contains(column) ? cells[column] + padding : padding + cells[column]
        }
        .joined(separator: "  ")
        return String(text.reversed().drop { $0 == " " }.reversed())
    }
}
