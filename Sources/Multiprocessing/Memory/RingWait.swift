// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How long somebody has waited at a ring.
@usableFromInline
struct RingWait: Sendable {
    let deadline: Deadline
    /// Whether nothing is waited for but a lock that somebody has for a moment.
    let isTrial: Bool
    private(set) var hasSlept = false
    /// Whether it is time to look if those who hold a lock, or the other side, still live.
    private(set) var checksLives = false
    /// What the wait for the side's lock remembers. It ends by itself: the ring finds out who waits for himself.
    var lock = OwnerLock.Wait(endsByItself: true)
    /// The longest next sleep, in nanoseconds: nobody relies on being woken.
    private var interval = shortest
    private var end = Deadline.never

    private static let shortest: Int64 = 5_000_000
    private static let longest: Int64 = 100_000_000

    /// Waits for a record or for room; nil: for ever.
    @usableFromInline init(timeout: Duration?) {
        deadline = Deadline(after: timeout)
        isTrial = false
    }

    init(until deadline: Deadline) {
        self.deadline = deadline
        isTrial = false
    }

    /// Does not.
    @usableFromInline init() {
        deadline = .never
        isTrial = true
    }

    /// A trial's patience: a dead owner is found out within it.
    var hasTriedLongEnough: Bool { isTrial && interval > 4 * Self.shortest }

    /// When to look again at the latest.
    mutating func beginSleep() -> Deadline {
        end = .now.advanced(nanoseconds: interval)
        return min(end, deadline)
    }

    /// - Parameter timedOut: Whether the time was over; nil if that is not known.
    mutating func endSleep(timedOut: Bool? = nil) {
        hasSlept = true
        checksLives = timedOut ?? end.hasPassed
        if checksLives { interval = min(Self.longest, interval * 2) }
    }
}

/// What to do before the next attempt.
enum RingPause {
    case attempt
    case over(RingOutcome)
    case sleep(on: SharedWord, while: UInt32, until: Deadline)
    case sleepForLock(SharedWord, while: UInt32, until: Deadline)
}
