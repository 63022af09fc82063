// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting

/// Counts one document into a table that nobody else has, at the grain that was asked for.
struct PrivateCounter: PieceReceiver, Sendable {
    private let task: CountTask
    private var counter: LetterCounter
    private var letters: LetterCounts

    init(_ task: CountTask) {
        self.task = task
        counter = LetterCounter(text: task.text, kernel: task.kernel)
        letters = Spellings.of(task.text).additionalLetters
    }

    mutating func receive(_ bytes: RawSpan) {
        switch task.grain {
        case .letter:
            // Plain memory that nobody else can see: an increment is all that there is for each letter.
            var table = InlineArray<26, UInt64>(repeating: 0)
            Spellings.of(task.text).forEachLetter(in: bytes) { table[$0] &+= 1 }
            for index in table.indices { letters[at: index] += table[index] }
        case .block: Blocks.forEach(of: bytes, task.text, Spellings.of(task.text), task.kernel) { letters += $0 }
        case .document: counter.update(bytes)
        }
    }

    /// Forgets what it has counted.
    mutating func restart() {
        counter.reset()
        letters = Spellings.of(task.text).additionalLetters
    }

    func counts() -> LetterCounts { task.grain == .document ? counter.counts() : letters }

    static func count(_ document: RawSpan, _ task: CountTask) -> LetterCounts {
        var counter = PrivateCounter(task)
        counter.receive(document)
        return counter.counts()
    }
}

/// Counts one document and takes the times of it.
struct TimedCounter: PieceReceiver, Sendable {
    var counter: PrivateCounter
    var stopwatch: Stopwatch

    init(_ task: CountTask, _ stopwatch: Stopwatch = Stopwatch()) {
        counter = PrivateCounter(task)
        self.stopwatch = stopwatch
    }

    mutating func receive(_ bytes: RawSpan) {
        let arrival = stopwatch.pieceHasArrived()
        counter.receive(bytes)
        stopwatch.hasCounted(since: arrival)
    }

    mutating func restart() { counter.restart() }
}

/// The spelling of each interpretation, made once.
enum Spellings {
    private static let letters = LetterSpelling(text: .letters)
    private static let pythonRepr = LetterSpelling(text: .pythonRepr)

    static func of(_ text: TextInterpretation) -> LetterSpelling {
        switch text {
        case .letters: letters
        case .pythonRepr: pythonRepr
        }
    }
}
