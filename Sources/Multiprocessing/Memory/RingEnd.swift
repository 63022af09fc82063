// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// This process's hold on one side of a ring: while it, or another like it, is anywhere, the side lives.
@usableFromInline
final class RingEnd: Sendable {
    @usableFromInline
    enum Side: Sendable {
        case sending, receiving
    }

    @usableFromInline let ring: SharedRing
    let side: Side
    // Changed by deinit only, when nobody else has a reference.
    private nonisolated(unsafe) var token: LifeToken?
    private let seenDepartures = Atomic<UInt32>(0)
    private let isKnownToBeAlone = Atomic(false)

    init(_ side: Side, of ring: SharedRing, token: LifeToken) {
        self.side = side
        self.ring = ring
        unsafe self.token = token  // nobody else has a reference yet
    }

    deinit {
        // First the token, then the wake-up: those who wake look at their own.
        unsafe token = nil
        ring.departures.add(1)
        ring.wakeEverybody()
    }

    /// What travels, beside the ring.
    var descriptor: DescriptorHandle? { unsafe token?.descriptor }  // nil in deinit only

    /// Whether nobody is on the other side any more. A system call.
    var otherSideIsGone: Bool { unsafe token?.otherSideIsGone ?? false }  // as above

    // MARK: Waiting

    /// Sleeps on the calling thread until another attempt is worth it (`.done`), or the wait is over.
    /// - Parameters:
    ///   - outcome: Of the last attempt.
    ///   - byteCount: Of the record to be sent.
    @usableFromInline
    func wait(after outcome: RingOutcome, for byteCount: Int = 0, _ wait: inout RingWait) -> RingOutcome {
        switch pause(outcome, byteCount, &wait) {
        case .attempt: return .done
        case .over(let outcome): return outcome
        case .sleep(let word, let value, let end):
            wait.endSleep(timedOut: word.sleep(while: value, until: end))
            markAgain(word)
        case .sleepForLock(let word, let value, let end):
            wait.endSleep(timedOut: word.sleep(while: value, until: end))
        }
        return .done
    }

    /// The same without holding a thread.
    @usableFromInline
    nonisolated(nonsending) func suspend(
        after outcome: RingOutcome, for byteCount: Int = 0, _ wait: inout RingWait
    ) async -> RingOutcome {
        switch pause(outcome, byteCount, &wait) {
        case .attempt: return .done
        case .over(let outcome): return outcome
        case .sleep(let word, let value, let end):
            if Task.isCancelled { return .cancelled }
            await WordWatcher.wait(on: word, while: value, until: end, keeping: self)
            wait.endSleep()
            markAgain(word)
        case .sleepForLock(let word, let value, let end):
            if Task.isCancelled { return .cancelled }
            await WordWatcher.wait(on: word, while: value, until: end, keeping: self)
            wait.endSleep()
        }
        return .done
    }

    /// Waits until there may be a record to receive, or for 100 ms, without taking any.
    nonisolated(nonsending) func waitForRecord() async {
        let asleep = ring.receiversAsleep
        // As for a receiver that sleeps.
        _ = asleep.exchange(1)
        if ring.isWorthReceiving || otherSideIsGone { return }
        let end = Deadline.now.advanced(nanoseconds: 100_000_000)
        await WordWatcher.wait(on: asleep, while: 1, until: end, keeping: self)
        markAgain(asleep)
        // The wake-up may have been meant for a receiver, who sleeps on while this one only looks.
        if ring.isWorthReceiving { ring.wakeReceiver() }
    }

    /// Others may still sleep, and the mark went with the wake-up: it has to be there again before the next look.
    private func markAgain(_ asleep: SharedWord) {
        RingStep.reached(.sleeperHasWoken)
        _ = asleep.exchange(1)
        RingStep.reached(.sleeperHasMarkedAgain)
    }

    /// Whoever has slept wakes the next when leaving, if something is left to do: one wake-up may have been for several
    /// records, or for somebody who has died since.
    @usableFromInline
    func passOn(_ wait: RingWait) {
        guard wait.hasSlept else { return }
        switch side {
        case .receiving: if ring.isWorthReceiving { ring.wakeReceiver() }
        case .sending: if ring.isWorthSending(0) { ring.wakeSender() }
        }
    }

    private func pause(_ outcome: RingOutcome, _ byteCount: Int, _ wait: inout RingWait) -> RingPause {
        if outcome == .busy { return pauseForLock(&wait) }
        guard outcome == .notNow else { return .over(outcome) }
        if wait.isTrial { return .over(isAlone && !isWorthAnAttempt(byteCount) ? outcomeWhenAlone : .notNow) }
        if !wait.hasSlept, spin() { return .attempt }
        let asleep = wordToSleepOn(byteCount)
        // In one order with the other side's word: either we see what it did, or it sees this mark.
        _ = asleep.exchange(1)
        RingStep.reached(.sleeperHasMarked)
        if isWorthAnAttempt(byteCount) { return .attempt }
        // Not looked at before every sleep: it is a system call.
        if wait.hasSlept ? lookForOthers() : isAlone {
            // What it did before it went is to be seen by now.
            if isWorthAnAttempt(byteCount) { return .attempt }
            return .over(outcomeWhenAlone)
        }
        if wait.deadline.hasPassed { return .over(.timedOut) }
        return .sleep(on: asleep, while: 1, until: wait.beginSleep())
    }

    private func pauseForLock(_ wait: inout RingWait) -> RingPause {
        let lock = side == .sending ? ring.producers : ring.consumers
        // Nobody but this thread writes its identity there; whoever sends in the middle of sending would wait for itself.
        if lock.isHeldByCaller { return .over(.corrupted) }
        if wait.hasTriedLongEnough { return .over(.notNow) }
        switch lock.look(&wait.lock, checksLives: wait.checksLives) {
        case .done:
            // Nothing to repair, whoever had it.
            lock.markRepaired()
            lock.release()
            return .attempt
        case .sleep(let word, let value):
            if wait.deadline.hasPassed { return .over(.timedOut) }
            return .sleepForLock(word, while: value, until: wait.beginSleep())
        }
    }

    private func isWorthAnAttempt(_ byteCount: Int) -> Bool {
        side == .sending ? ring.isWorthSending(byteCount) : ring.isWorthReceiving
    }

    private var outcomeWhenAlone: RingOutcome { side == .sending ? .disconnected : .finished }

    private func wordToSleepOn(_ byteCount: Int) -> SharedWord {
        if side == .receiving { return ring.receiversAsleep }
        return byteCount > ring.longestInline ? ring.largeSendersAsleep : ring.sendersAsleep
    }

    /// Whether the other side is known to be gone, for good. Looks anew only when a handle has gone since: that of a
    /// killed process does so without a sign.
    @usableFromInline
    var isAlone: Bool {
        let now = ring.departures.value
        // Relaxed, here and below: the two only save a system call.
        if seenDepartures.load(ordering: .relaxed) != now {
            seenDepartures.store(now, ordering: .relaxed)
            lookForOthers()
        }
        return isKnownToBeAlone.load(ordering: .relaxed)
    }

    @discardableResult
    private func lookForOthers() -> Bool {
        let isGone = otherSideIsGone
        if isGone { isKnownToBeAlone.store(true, ordering: .relaxed) }
        return isGone
    }

    /// Whether the other side did something while we looked.
    private func spin() -> Bool {
        let turns = ring.habits.spins
        if turns == 0 { return false }
        let word = side == .sending ? ring.front : ring.tail
        let other = side == .sending ? ring.tail : ring.front
        let seen = word.value
        // For a receiver: empty as seen now. For a sender any step of the consumers is worth an attempt.
        if side == .receiving, RingWord(seen).position != RingWord(other.value).position { return true }
        let hasHelped = word.spin(while: seen, turns: turns)
        ring.habits.learn(hasHelped: hasHelped)
        return hasHelped
    }
}
