// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

/// Standard error: one place for all that is not the result, so that messages and progress do not paint over one another.
final class Console: Sendable {
    private struct State {
        /// What the progress has on the line where the cursor is, and on those before.
        var progress = ""
        var progressHasEnded = false
    }

    private let state = Mutex(State())
    private let verbosity: CountPlan.Verbosity

    init(_ verbosity: CountPlan.Verbosity) { self.verbosity = verbosity }

    /// Something is missing from the result.
    func error(_ text: String) { write(text) }

    /// Something went wrong and was mended.
    func warning(_ text: String) { if verbosity != .quiet { write(text) } }

    /// What the user may not expect.
    func note(_ text: String) { if verbosity != .quiet { write(text) } }

    /// For `--verbose`.
    func detail(_ text: @autoclosure () -> String) { if verbosity == .verbose { write(text()) } }

    private func write(_ text: String) {
        state.withLock { state in
            // Standard error may be full or gone; there is nowhere left to say so.
            StandardStream.error.write(Self.erasure(of: state.progress) + "lettercount: \(text)\n")
            state.progress = ""
        }
    }

    // MARK: Progress

    /// The height of the terminal, as far as it is known.
    var progressRows: Int { StandardStream.error.rows ?? 24 }

    /// The width for progress; nil where none is to be shown.
    var progressColumns: Int? {
        guard verbosity != .quiet, StandardStream.error.isTerminal else { return nil }
        // A dumb terminal cannot erase.
        return Environment.value(of: "TERM") == "dumb" ? nil : StandardStream.error.columns ?? 80
    }

    /// What is being done, where somebody sees it; cut to the terminal's width.
    func status(_ text: String) {
        if let columns = progressColumns { showProgress(String(text.prefix(max(0, columns - 1)))) }
    }

    /// Paints these lines over those before.
    func showProgress(_ line: String) {
        state.withLock { state in
            if state.progressHasEnded || line == state.progress { return }
            StandardStream.error.write(Self.erasure(of: state.progress) + line)
            state.progress = line
        }
    }

    /// Erases it, for good.
    func endProgress() {
        state.withLock { state in
            state.progressHasEnded = true
            if !state.progress.isEmpty { StandardStream.error.write(Self.erasure(of: state.progress)) }
            state.progress = ""
        }
    }

    /// Back to the first line's start, and erase to its end, or to that of the screen.
    private static func erasure(of progress: String) -> String {
        if progress.isEmpty { return "" }
        let linesAbove = progress.count { $0 == "\n" }
        return linesAbove == 0 ? "\r\u{1b}[K" : "\r\u{1b}[\(linesAbove)A\u{1b}[J"
    }
}
