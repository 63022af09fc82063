// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Bars behind the rows of a table.
struct ShareBars {
    /// As long as a bar gets.
    let greatest: Double
    let surroundings: TableReport.Surroundings

    private static let longest = 60

    /// The row with its bar, as far as there is room.
    func row(_ start: String, _ share: Double) -> String {
        let row = start + "  " + bar(share, after: start.count + 2)
        return String(row.reversed().drop { $0 == " " }.reversed())
    }

    /// As long as the share is of the greatest one. Without block characters, or without room, it is coarser or none.
    private func bar(_ share: Double, after start: Int) -> String {
        let room = min(Self.longest, surroundings.columns - start)
        guard room >= 5, greatest > 0 else { return "" }
        let length = share / greatest * Double(room)
        if !surroundings.hasBlocks { return String(repeating: "#", count: Int(length.rounded())) }
        let eighths = Int((length * 8).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }
}
