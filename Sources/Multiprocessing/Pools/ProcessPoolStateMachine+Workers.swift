// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStateMachine {
    /// What the machine knows of one worker.
    struct Worker: Sendable {
        struct Sent: Sendable {
            let tag: UInt32
            /// nil when it was taken back, and for the initializer.
            var work: WorkID?
            var isInitializer = false
        }

        /// In order; only the first may have begun.
        var sent: [Sent] = []
        /// How many of them were taken back.
        var recalledCount = 0
        private var lastTag: UInt32 = 0
        var hasAnswered = false
        /// It was asked to end.
        var isStopping = false
        /// Whether it takes work.
        var isInTurn = false
        var wasKilled = false
        /// How many works it was given in all.
        var given = 0
        var idleSince: Int64 = 0
        /// When to look after its first piece.
        var alarm: Int64?
        /// The fate of its first piece, which it was called away from.
        var calledAway: Fate?

        /// A tag that no piece in its hands has; nil when there is none.
        mutating func takeTag() -> UInt32? {
            guard sent.count < WorkSlots.count - 1 else { return nil }
            lastTag = (lastTag + 1) % UInt32(WorkSlots.count)
            return lastTag
        }

        /// How many pieces are its own.
        var heldCount: Int { sent.count - recalledCount }

        /// How many of them are beside the first.
        var aheadCount: Int { max(0, heldCount - 1) }

        func hasRoom(_ depth: Int) -> Bool {
            calledAway == nil && sent.count < WorkSlots.count - 1 && heldCount < depth
        }
    }

    /// How many there are or will be, those on their way out not counted.
    private var liveCount: Int { standingCount + starting + delayedStarts.count }

    private var standingCount: Int { workers.values.count { !$0.isStopping && !$0.wasKilled } }

    private var wantedCount: Int {
        switch phase {
        case .running where rules.idleTime == nil: rules.workers
        case .running: min(rules.workers, max(rules.fewestWorkers, standingCount - idle.count + waitingCount))
        case .finishing: min(rules.workers, waitingCount)
        default: 0
        }
    }

    mutating func expectStarts(_ count: Int) { starting += count }

    /// Rule 3.
    mutating func fillUp(at now: Int64) {
        guard !isBroken else { return }
        var missing = wantedCount - liveCount
        while missing > 0 {
            missing -= 1
            let delay = rules.restarts.delay(after: fruitlessStarts).wholeNanoseconds
            if delay > 0 {
                delayedStarts.append(now &+ delay)
                alarmsChanged = true
            } else {
                starting += 1
                actions.append(.startWorker)
            }
        }
    }

    mutating func workerStarted(_ id: WorkerID, at now: Int64) {
        starting -= 1
        workers[id] = Worker()
        guard phase == .running || phase == .finishing else {
            workers[id]?.wasKilled = true
            return actions.append(.kill(id))
        }
        guard rules.hasInitializer, let tag = workers[id]?.takeTag() else { return takeIntoTurn(id, at: now) }
        workers[id]?.sent.append(Worker.Sent(tag: tag, isInitializer: true))
        actions.append(.initialize(id, tag: tag))
    }

    /// A worker's initializer has returned.
    mutating func initialized(_ id: WorkerID, at now: Int64) { takeIntoTurn(id, at: now) }

    private mutating func takeIntoTurn(_ id: WorkerID, at now: Int64) {
        guard workers[id]?.wasKilled == false else { return }
        workers[id]?.isInTurn = true
        ready.append(id)
        gotFree(id, at: now)
        dispatch(at: now)
    }

    mutating func takeFromTurn(_ id: WorkerID) {
        workers[id]?.isInTurn = false
        ready.removeAll { $0 == id }
        idle.removeAll { $0 == id }
    }

    /// A worker has one piece less, perhaps none.
    mutating func gotFree(_ id: WorkerID, at now: Int64) {
        guard let isEmpty = workers[id]?.sent.isEmpty else { return }
        guard isEmpty else { return setAlarm(of: id, at: now) }
        guard workers[id]?.isStopping == false, workers[id]?.wasKilled == false else { return }
        guard workers[id]?.isInTurn == true else { return retire(id, at: now) }
        workers[id]?.idleSince = now
        if rules.idleTime != nil { alarmsChanged = true }
        idle.append(id)
        if ready.count > rules.workers { retire(id, at: now) } else if phase != .running { settle(at: now) }
    }

    /// Has a worker without work end in good order, and another take its place if one is wanted.
    mutating func retire(_ id: WorkerID, at now: Int64) {
        takeFromTurn(id)
        workers[id]?.isStopping = true
        actions.append(.stop(id))
        fillUp(at: now)
    }

    /// A worker has become too large: it ends after what it has in hand, and takes no more.
    mutating func recycle(_ id: WorkerID, at now: Int64) {
        guard let worker = workers[id], worker.isInTurn else { return }
        if worker.sent.isEmpty { retire(id, at: now) } else { takeFromTurn(id) }
    }

    mutating func startFailed(at now: Int64) {
        starting -= 1
        // Others may go on with what waits; without any, it would wait for ever.
        if workers.isEmpty, starting == 0, delayedStarts.isEmpty { failAllWaiting(.notStarted) }
        settle(at: now)
    }
}
