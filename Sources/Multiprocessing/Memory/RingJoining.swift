// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Waiting until all that was sent has been declared done.
///
/// Nothing is counted up when something is sent: how much was sent is in the producers' word, which is exact whoever
/// dies. Who takes something and dies before he declares it done leaves it undone.
extension SharedRing {
    private static let countMask: UInt32 = 0x7fff_ffff

    /// How many of the sent have not been declared done.
    var undoneCount: Int {
        let done = UInt32(truncatingIfNeeded: doneCount.latest)
        return Int((RingWord(tail.latest).count &- done) & Self.countMask)
    }

    /// Declares one more done; false when all are already.
    func markDone() -> Bool {
        while true {
            let done = doneCount.latest
            guard RingWord(tail.latest).count != done & Self.countMask else { return false }
            if doneCount.replace(done, by: (done &+ 1) & Self.countMask) { break }
        }
        // As for sleeping receivers, but all of them wait for the same.
        if joinersAsleep.latest != 0, undoneCount == 0, joinersAsleep.exchange(0) != 0 { joinersAsleep.wake() }
        return true
    }
}

extension RingEnd {
    /// What to do before the next look; `.over(.done)` when all is done.
    private func pauseUntilDone(_ wait: inout RingWait) -> RingPause {
        if ring.undoneCount == 0 { return .over(.done) }
        _ = ring.joinersAsleep.exchange(1)
        if ring.undoneCount == 0 { return .over(.done) }
        if otherSideIsGone { return .over(ring.undoneCount == 0 ? .done : .disconnected) }
        if wait.deadline.hasPassed { return .over(.timedOut) }
        return .sleep(on: ring.joinersAsleep, while: 1, until: wait.beginSleep())
    }

    /// Waits on the calling thread.
    func waitUntilDone(until deadline: Deadline) -> RingOutcome {
        var wait = RingWait(until: deadline)
        while true {
            switch pauseUntilDone(&wait) {
            case .over(let outcome): return outcome
            case .sleep(let word, let value, let end):
                wait.endSleep(timedOut: word.sleep(while: value, until: end))
            case .attempt, .sleepForLock: continue
            }
        }
    }

    /// Waits without holding a thread.
    nonisolated(nonsending) func suspendUntilDone(
        until deadline: Deadline
    ) async -> RingOutcome {
        var wait = RingWait(until: deadline)
        while true {
            switch pauseUntilDone(&wait) {
            case .over(let outcome): return outcome
            case .sleep(let word, let value, let end):
                if Task.isCancelled { return .cancelled }
                await WordWatcher.wait(on: word, while: value, until: end, keeping: self)
                wait.endSleep()
            case .attempt, .sleepForLock: continue
            }
        }
    }
}
