// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

/// What each worker is doing, a line for each: `3  process 4711  reading    1.2 s  rfc1003.txt`.
struct WorkerDisplay: Sendable {
    let board: WorkerBoard
    let names: NamesUnderway

    /// At most so many lines, each at least one column shorter than the terminal. The last line tells how many workers had no
    /// place. Workers that have died are shown with what they did last, until another one has done something since.
    func lines(columns: Int, rows: Int, now: Int64 = Caller.nanoseconds) -> [String] {
        let all = board.lines
        guard rows > 0 else { return [] }
        let shown = all.count <= rows ? all[...] : all.prefix(rows - 1)
        var lines = shown.map { line(for: $0, now: now) }
        if shown.count < all.count { lines.append("… and \(all.count - shown.count) more") }
        return lines.map { String($0.prefix(max(0, columns - 1))) }
    }

    private func line(for line: WorkerBoard.Line, now: Int64) -> String {
        let seconds = Double(max(0, now - line.since)) / 1e9
        let who = Self.left(Self.name(of: line), width: 16)
        let number = Decimals.right("\(line.place + 1)", width: 3)
        guard line.phase != .idle else { return "\(number)  \(who)idle" }
        let what = Self.left("\(line.phase)", width: 10)
        let time = Decimals.right(Decimals.text(seconds, places: 1), width: 6)
        return "\(number)  \(who)\(what)\(time) s  \(names.name(of: line.index))"
    }

    private static func name(of line: WorkerBoard.Line) -> String {
        // Places that are given out are those of tasks.
        if line.worker == 0 { return "task" }
        let isProcess = line.process != Caller.processIdentifier
        return isProcess ? "process \(line.process)" : "thread \(Caller.threadNumber(of: line.worker))"
    }

    private static func left(_ text: String, width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

/// The names of the documents that are being counted; only numbers fit into the workers' board.
final class NamesUnderway: Sendable {
    private let names = Mutex<[Int: String]>([:])
    private let isKept: Bool

    /// - Parameter isKept: Whether anybody will ask.
    init(isKept: Bool) { self.isKept = isKept }

    func begin(_ index: Int, _ name: String) {
        if !isKept { return }
        // A name may hold anything but a slash, and must not draw on the terminal.
        let shown = String(String.UnicodeScalarView(name.unicodeScalars.map { $0.properties.isPrintable ? $0 : "?" }))
        names.withLock { $0[index] = shown }
    }

    func end(_ index: Int) { if isKept { names.withLock { $0[index] = nil } } }

    /// Of a document that is not on its way any more: nothing.
    func name(of index: Int) -> String { names.withLock { $0[index] ?? "" } }
}

extension Unicode.Scalar.Properties {
    /// Neither a control character nor one that changes the direction or joins lines.
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
