// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a look at shared memory came to.
enum Look<Result> {
    case done(Result)
    /// Not yet; worth another look when this word is not as it was, or is woken.
    case sleep(on: SharedWord, while: UInt32)
}

/// How a wait ended.
enum Waited<Result> {
    case done(Result)
    case timedOut
    /// The task that waited was cancelled; never from a blocking wait.
    case cancelled
}

extension Waited: Sendable where Result: Sendable {}

/// The one way to wait for shared memory to change: look, sleep on a word, look again.
///
/// Rules:
/// 1. A wake-up is a hint; the truth is in the memory. Nothing depends on who was woken.
/// 2. Nobody sleeps longer than 100 ms without a look. A process that died after it was woken and before it acted, or while it
///    held what others wait for, wakes nobody: they find out by themselves.
/// 3. The first such look comes after 5 ms, since who waits longer than that for a short critical section waits
///    for the dead.
enum Waiting {
    /// The times to sleep at most: doubling from 5 ms up to 100 ms.
    private struct Pace {
        private var interval: Int64 = 5_000_000
        private(set) var end = Deadline.now

        init() { begin() }

        mutating func begin() { end = .now.advanced(nanoseconds: interval) }

        /// Whether the time is over: then the next, longer one begins.
        mutating func isOver() -> Bool {
            guard end.hasPassed else { return false }
            interval = min(100_000_000, interval * 2)
            begin()
            return true
        }
    }

    /// Waits on the calling thread. nil: timed out.
    /// - Parameter look: Is told whether it is time to check if those it waits for still live, which costs system calls.
    static func block<Result, Failure: Error>(
        until deadline: Deadline, _ look: (_ checksLives: Bool) throws(Failure) -> Look<Result>
    ) throws(Failure) -> Result? {
        if case .done(let result) = try look(false) { return result }
        var pace = Pace()
        var checksLives = false
        while true {
            switch try look(checksLives) {
            case .done(let result): return result
            case .sleep(let word, let value):
                if deadline.hasPassed { return nil }
                word.sleep(while: value, until: min(deadline, pace.end))
                checksLives = pace.isOver()
            }
        }
    }

    /// Waits without holding a thread.
    /// - Parameters:
    ///   - owner: Keeps the words' memory mapped.
    ///   - look: As for `block`. Called by the task itself, and quick.
    static func suspend<Result, Failure: Error>(
        until deadline: Deadline, keeping owner: any AnyObject & Sendable,
        isolation: isolated (any Actor)? = #isolation,
        _ look: (_ checksLives: Bool) throws(Failure) -> Look<Result>
    ) async throws(Failure) -> Waited<Result> {
        if case .done(let result) = try look(false) { return .done(result) }
        var pace = Pace()
        var checksLives = false
        while true {
            switch try look(checksLives) {
            case .done(let result): return .done(result)
            case .sleep(let word, let value):
                if Task.isCancelled { return .cancelled }
                if deadline.hasPassed { return .timedOut }
                await WordWatcher.wait(on: word, while: value, until: min(deadline, pace.end), keeping: owner)
                checksLives = pace.isOver()
            }
        }
    }
}
