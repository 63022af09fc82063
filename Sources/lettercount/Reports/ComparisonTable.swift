// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A comparison for a terminal: a table for each workload, with the times as bars, then the scalings.
struct ComparisonTable {
    let surroundings: TableReport.Surroundings

    func text(for comparison: Comparison) -> String {
        var parts = comparison.workloads.map { text(for: $0, comparison.corpus) }
        parts += comparison.scalings.map(text)
        parts.append(Self.machine(comparison.machine))
        return parts.joined(separator: "\n\n") + "\n"
    }

    static func machine(_ machine: MachineFacts) -> String {
        "\(machine.processor), \(machine.usableProcessors) processors, \(machine.system), \(machine.compiler)"
            + (machine.isOptimised ? "" : ", not optimised")
    }

    private func text(for result: WorkloadResult, _ corpus: CorpusFacts) -> String {
        let longest = result.models.map(\.seconds.median).max() ?? 0
        let rows = result.models.map { ComparisonRows.cells(of: $0, in: result) }
        let table = TextTable(
            head: ComparisonRows.head, rows: rows, leading: [0, 9], dispensable: ComparisonRows.dispensable)
        let lines = table.lines(columns: surroundings.columns)
        let room = surroundings.columns - (lines.map(\.count).max() ?? 0) - 2
        let bars = [""] + result.models.map { bar($0.seconds.median, longest, room: min(30, room)) }
        let widest = lines.map(\.count).max() ?? 0
        let drawn = zip(lines, bars).map { line, bar in
            bar.isEmpty ? line : line + String(repeating: " ", count: widest - line.count + 2) + bar
        }
        return ([ComparisonRows.title(of: result, corpus: corpus)] + drawn).joined(separator: "\n")
    }

    private func bar(_ value: Double, _ greatest: Double, room: Int) -> String {
        guard room >= 5, greatest > 0 else { return "" }
        let length = max(1, Int((value / greatest * Double(room)).rounded()))
        return String(repeating: surroundings.hasBlocks ? "█" : "#", count: length)
    }

    private func text(for scaling: Scaling) -> String {
        var lines = ["scale: \(scaling.model.name), an update for each \(scaling.model.grain.rawValue)"]
        let first = scaling.overWorkers.first.map { Sample($0.seconds).median } ?? 0
        let longest = (scaling.overWorkers + scaling.overBytes).map { Sample($0.seconds).median }.max() ?? 0
        func rows(_ points: [ScalePoint], _ speedUp: (Double) -> String) -> [[String]] {
            points.map { point in
                let sample = Sample(point.seconds)
                return [
                    "\(point.workers)", Decimals.bytes(Double(point.bytes)), ComparisonRows.time(sample.median),
                    ComparisonRows.time(sample.halfSpread), speedUp(sample.median),
                    bar(sample.median, longest, room: 30),
                ]
            }
        }
        let all =
            rows(scaling.overWorkers) { $0 > 0 ? Decimals.text(first / $0, places: 2) : "" }
            + rows(scaling.overBytes) { _ in "" }
        let table = TextTable(
            head: ["workers", "bytes", "time", "± quartiles", "speed-up", ""], rows: all, leading: [5], dispensable: [3]
        )
        lines += table.lines(columns: surroundings.columns)
        return (lines + Self.fits(of: scaling)).joined(separator: "\n")
    }

    /// What the lines through the points say, in words.
    static func fits(of scaling: Scaling) -> [String] {
        var lines: [String] = []
        if let share = scaling.serialShare {
            let limit =
                share > 0.001
                ? "at most \(Decimals.text(1 / share, places: 1)) times as fast" : "as fast as there are workers"
            lines.append("serial share \(Decimals.text(share * 100, places: 1)) %: \(limit), by Amdahl's law")
        }
        if let fixed = scaling.fixedSeconds, let each = scaling.secondsPerByte, each > 0 {
            lines.append("\(ComparisonRows.time(fixed)) whatever the size, then \(Decimals.bytes(1 / each))/s")
        }
        return lines
    }
}
