// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A report for people: at most 24 lines of 100 columns.
extension CrashReport {
    private static let columns = 100
    private static let mostFrames = 14
    private static let callOfWork = "protocol witness for Multiprocessing.Work.run()"

    public var description: String {
        var lines = [Self.fitting(head), usage] + wordLines
        let frames = ownFrames
        if !frames.isEmpty {
            lines.append("  it was at")
            lines += frames.prefix(Self.mostFrames).map { Self.fitting("    \($0)") }
            if frames.count > Self.mostFrames { lines.append("    and \(frames.count - Self.mostFrames) callers more") }
        }
        return lines.joined(separator: "\n")
    }

    /// Without the library's own ones that called the work, where it is to be seen which these are.
    private var ownFrames: [Backtrace.Frame] {
        let frames = backtrace?.frames ?? []
        let call = frames.firstIndex { $0.symbol?.hasPrefix(Self.callOfWork) ?? false }
        return call.map { Array(frames[..<$0]) } ?? frames
    }

    /// How it ended, at which work, and its last words: a sentence, and lines below it.
    var summary: String {
        wordLines.isEmpty ? head : "\(head); its last words:\n" + lastWords.map { "    \($0)" }.joined(separator: "\n")
    }

    private var head: String {
        let end = "worker \(processIdentifier) \(status)\(dumpedCore ? ", core dumped," : "")"
        return "\(end) while it ran \(work)\(attempt > 1 ? ", attempt \(attempt)" : "")"
    }

    private var usage: String {
        var parts: [String] = []
        if let ran { parts.append("ran for \(Self.brief(ran))") }
        if processorTime > .zero { parts.append("used \(Self.brief(processorTime)) of processor time") }
        if peakMemory > 0 { parts.append("had up to \(Self.tenths(peakMemory >> 10, of: 1024)) MiB") }
        return "  it " + (parts.isEmpty ? "left no figures" : parts.joined(separator: ", "))
    }

    private var wordLines: [String] {
        let words = lastWords
        return words.isEmpty ? [] : ["  its last words"] + words.map { Self.fitting("    \($0)") }
    }

    /// A trap's own line if there is one (a backtrace may follow it), or else the last lines.
    private var lastWords: [String] {
        if let trapMessage { return [trapMessage] }
        return standardErrorTail.split(whereSeparator: \.isNewline).suffix(5).map(String.init)
    }

    private static func fitting(_ line: String) -> String {
        // A tab would take more columns than it counts.
        let line = line.replacing("\t", with: "  ")
        return line.count <= columns ? line : line.prefix(columns - 1) + "…"
    }

    private static func brief(_ time: Duration) -> String {
        let microseconds =
            Int(time.components.seconds) * 1_000_000 + Int(time.components.attoseconds / 1_000_000_000_000)
        if microseconds < 1_000 { return "\(microseconds) µs" }
        if microseconds < 1_000_000 { return "\(tenths(microseconds, of: 1_000)) ms" }
        return "\(tenths(microseconds / 1_000, of: 1_000)) s"
    }

    private static func tenths(_ number: Int, of unit: Int) -> String {
        "\(number / unit).\(number % unit * 10 / unit)"
    }
}
