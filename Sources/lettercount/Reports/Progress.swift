// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Shows how far a run is, on a terminal's last lines, ten times a second.
///
/// A timer of Dispatch, not a task that sleeps: when documents are read one after the other, reading files occupies
/// a thread of the cooperative pool, which may have only one.
final class Progress {
    private let timer: any DispatchSourceTimer

    /// Nil where no progress is to be shown.
    init?(of tally: Tally, documentCount: Int?, workers: WorkerDisplay?, on console: Console) {
        guard console.progressColumns != nil else { return nil }
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "lettercount.progress"))
        timer.schedule(deadline: .now() + .milliseconds(200), repeating: .milliseconds(100))
        timer.setEventHandler {
            // Asked anew each time: windows change their size.
            guard let columns = console.progressColumns else { return }
            let (documents, bytes, elapsed) = tally.progress
            let state = ProgressState(
                documents: documents, documentCount: documentCount, bytes: bytes, seconds: elapsed.inSeconds)
            let line = state.line(columns: columns)
            // A line stays free, for the shell's prompt or whatever was there.
            let lines = workers?.lines(columns: columns, rows: console.progressRows - 2) ?? []
            console.showProgress(([line] + lines).joined(separator: "\n"))
        }
        timer.activate()
    }

    func stop() { timer.cancel() }
}

/// How far a run is, and how that reads.
struct ProgressState {
    var documents: Int
    /// Nil while it is not known.
    var documentCount: Int?
    var bytes: UInt64
    var seconds: Double

    /// At most one column less than there are: in the last one, some terminals begin a new line.
    func line(columns: Int) -> String {
        let done = documentCount.map { "\(documents)/\($0) documents" } ?? "\(documents) documents"
        var parts = [done, Decimals.bytes(Double(bytes))]
        if seconds > 0 { parts.append(Decimals.bytes(Double(bytes) / seconds) + "/s") }
        if let left = secondsLeft { parts.append(Decimals.time(left) + " left") }
        return String(parts.joined(separator: ", ").prefix(max(0, columns - 1)))
    }

    /// Nil before it can be guessed: from the documents, because their sizes are not known beforehand.
    private var secondsLeft: Double? {
        guard let documentCount, documents > 0, documents < documentCount else { return nil }
        return seconds / Double(documents) * Double(documentCount - documents)
    }
}
