// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One wait for a condition, whether a thread or a task waits: what it remembers between its looks.
///
/// Steps: take the mutex; if there is something to wait for, take a place in the table and only then release the mutex,
/// so that nobody can change the value and notify in between unseen; sleep on the place; when notified, take the mutex
/// again, and leave the place only then, so that the notification goes to somebody else if this process dies before.
struct ConditionWait {
    private let table: WaiterTable
    private let lock: OwnerLock
    private var ticket: WaiterTable.Ticket?
    private var waitForLock: OwnerLock.Wait

    init(for table: WaiterTable, with lock: OwnerLock, endsByItself: Bool) {
        self.table = table
        self.lock = lock
        waitForLock = OwnerLock.Wait(endsByItself: endsByItself)
    }

    var hasPlace: Bool { ticket != nil }

    /// Without a place, or when notified: the mutex. Otherwise it sleeps on; but from time to time the mutex all the
    /// same if `isCurious`, since who made true what is waited for may have died before it could notify.
    mutating func lookForLock(checksLives: Bool, isCurious: Bool) -> Look<OwnerLock.Acquisition> {
        guard let ticket, !table.isNotified(ticket) else { return lookAtLock(checksLives) }
        guard checksLives else { return table.sleep(ticket) }
        table.passOnFromTheDead()
        guard isCurious, case .done(let acquisition) = lookAtLock(true) else { return table.sleep(ticket) }
        return .done(acquisition)
    }

    private mutating func lookAtLock(_ checksLives: Bool) -> Look<OwnerLock.Acquisition> {
        lock.look(&waitForLock, checksLives: checksLives)
    }

    /// With the mutex held: takes a place at the end, or keeps one where no notification has come yet. nil: there it is;
    /// otherwise what to sleep on before another look.
    mutating func takePlace<Result>(checksLives: Bool) -> Look<Result>? {
        if let ticket {
            // Notified for nothing: what was waited for was gone again.
            guard table.isNotified(ticket) else { return nil }
            leave()
        }
        switch table.join(checksLives: checksLives) {
        case .later(let word, let value): return .sleep(on: word, while: value)
        case .joined(let new):
            ticket = new
            return nil
        }
    }

    /// What to sleep on with a place.
    func sleep<Result>() -> Look<Result> {
        guard let ticket else { preconditionFailure("a wait without a place") }
        return table.sleep(ticket)
    }

    /// With the mutex held: the wait is over, and was not in vain.
    mutating func leave() {
        if let ticket { table.leave(ticket) }
        ticket = nil
    }

    /// The wait is over in vain, or it never came to one.
    mutating func abandon() {
        if let ticket { table.abandon(ticket) }
        ticket = nil
    }
}
