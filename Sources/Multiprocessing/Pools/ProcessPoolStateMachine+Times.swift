// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStateMachine {
    /// The worker's first piece begins about now.
    mutating func setAlarm(of id: WorkerID, at now: Int64) {
        guard let work = workers[id]?.sent.first?.work, let limit = pieces[work]?.timeLimit else { return }
        workers[id]?.alarm = now &+ limit
        alarmsChanged = true
    }

    /// Rule 7: the worker's first piece must not run on.
    mutating func callAway(
        _ id: WorkerID, because fate: Fate, at now: Int64, _ recall: (WorkerID, UInt32) -> Bool
    ) {
        guard let worker = workers[id], worker.calledAway == nil, let first = worker.sent.first else { return }
        workers[id]?.calledAway = fate
        workers[id]?.alarm = now &+ rules.grace
        alarmsChanged = true
        actions.append(.callAway(id, tag: first.tag))
        // What is behind it need not wait for the grace.
        let works = worker.sent.dropFirst().compactMap { entry in
            entry.work.flatMap { recall(id, entry.tag) ? $0 : nil }
        }
        takeBack(works, from: id)
        dispatch(at: now)
    }

    /// When something has to be looked after, if nothing happens before.
    var nextAlarm: Int64? {
        var next = delayedStarts.min() ?? .max
        if let abandonsAt { next = min(next, abandonsAt) }
        for worker in workers.values { if let alarm = worker.alarm { next = min(next, alarm) } }
        if let idleTime = rules.idleTime, phase == .running, ready.count > rules.fewestWorkers {
            for id in idle { next = min(next, (workers[id]?.idleSince ?? 0) &+ idleTime) }
        }
        return next == .max ? nil : next
    }

    /// Time has passed.
    /// - Parameter beginning: When a worker began the piece with this tag; nil when it has not.
    mutating func tick(
        at now: Int64, beginning: (WorkerID, UInt32) -> Int64?, _ recall: (WorkerID, UInt32) -> Bool
    ) {
        if let abandonsAt, abandonsAt <= now { shutDown(.abandoning, at: now) }
        let due = delayedStarts.count { $0 <= now }
        delayedStarts.removeAll { $0 <= now }
        starting += due
        for _ in 0..<due { actions.append(.startWorker) }
        for id in workers.keys {
            guard let worker = workers[id], let alarm = worker.alarm, alarm <= now else { continue }
            if worker.calledAway == nil {
                limitIsOver(worker, id, at: now, beginning, recall)
            } else {
                takeFromTurn(id)
                workers[id]?.alarm = nil
                workers[id]?.wasKilled = true
                actions.append(.kill(id))
            }
        }
        retireIdle(at: now)
    }

    /// The limit counts from the work's beginning: a new worker needs a while before it begins anything.
    private mutating func limitIsOver(
        _ worker: Worker, _ id: WorkerID, at now: Int64, _ beginning: (WorkerID, UInt32) -> Int64?,
        _ recall: (WorkerID, UInt32) -> Bool
    ) {
        guard let first = worker.sent.first, let limit = first.work.flatMap({ pieces[$0]?.timeLimit }) else {
            workers[id]?.alarm = nil
            return
        }
        let end = (beginning(id, first.tag) ?? now) &+ limit
        if end > now { workers[id]?.alarm = end } else { callAway(id, because: .deadlineExceeded, at: now, recall) }
    }

    private mutating func retireIdle(at now: Int64) {
        guard let idleTime = rules.idleTime, phase == .running else { return }
        // The longest idle first.
        for id in idle where ready.count > rules.fewestWorkers {
            if let since = workers[id]?.idleSince, since &+ idleTime <= now { retire(id, at: now) }
        }
    }

    /// Another number of workers from now on; those too many end after what they do.
    mutating func resize(to count: Int, at now: Int64) {
        rules.workers = count
        for id in idle where ready.count > count { retire(id, at: now) }
        // The others leave when they get free.
        for id in ready.dropFirst(count) where workers[id]?.sent.isEmpty == false { takeFromTurn(id) }
        fillUp(at: now)
        dispatch(at: now)
    }
}
