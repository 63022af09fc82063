// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStateMachine {
    /// A worker has ended.
    /// - Parameter hasBegun: Whether it had begun the piece with this tag.
    mutating func workerEnded(_ id: WorkerID, at now: Int64, _ hasBegun: (UInt32) -> Bool) {
        guard let worker = workers[id] else { return }
        takeFromTurn(id)
        workers[id] = nil
        surplus -= worker.aheadCount
        let begun = worker.sent.first.flatMap { entry in
            entry.work.flatMap { hasBegun(entry.tag) || hasGivenAll($0) ? $0 : nil }
        }
        for entry in worker.sent.reversed() {
            if let work = entry.work, work != begun { putBack(work) }
        }
        if let begun {
            fruitlessStarts = 0
            end(begun, because: ownDoing ?? worker.calledAway)
        } else if !worker.hasAnswered, !worker.isStopping, !worker.wasKilled {
            fruitlessStarts += 1
        }
        if !worker.isStopping { checkRestarts(at: now) }
        if let ownDoing { failAllWaiting(ownDoing) }
        fillUp(at: now)
        dispatch(at: now)
        settle(at: now)
    }

    /// What brought descriptors has given them away, and cannot be sent again.
    private func hasGivenAll(_ work: WorkID) -> Bool {
        guard let piece = pieces[work] else { return false }
        return piece.needsIdleWorker && !piece.mayRepeat
    }

    /// Why the pool itself has ended its workers.
    private var ownDoing: Fate? {
        switch phase {
        case .abandoned: .shutDown
        case .failed: .failed
        default: nil
        }
    }

    /// Rule 2: the fate of the piece that had begun with a worker when that ended.
    private mutating func end(_ work: WorkID, because known: Fate?) {
        pieces[work]?.attempts += 1
        pieces[work]?.worker = nil
        guard let piece = pieces[work] else { return }
        lastAttempts = piece.attempts
        if known == nil, piece.works > 0, piece.mayRepeat, piece.attempts < rules.mostAttempts { return putBack(work) }
        let fate = known ?? (piece.mayRepeat ? .quarantined : .died)
        guard known == nil, piece.works > 1 else {
            pieces.remove(work)
            return actions.append(.fail(work, fate))
        }
        pieces[work]?.works -= 1
        pieces[work]?.attempts = 0
        actions.append(.failFirst(work, fate))
        putBack(work)
    }

    /// Rule 4, and the policy's intensity.
    private mutating func checkRestarts(at now: Int64) {
        guard phase == .running || phase == .finishing else { return }
        if !ledger.note(at: now) { return fail() }
        guard fruitlessStarts >= rules.restarts.maximumFruitlessStarts else { return }
        isBroken = true
        delayedStarts = []
        failAllWaiting(.broken)
    }

    /// The pool is of no use any more: nothing waits or is accepted from now on.
    mutating func fail() {
        guard phase == .running || phase == .finishing else { return }
        phase = .failed
        delayedStarts = []
        failAllWaiting(.failed)
        killAll()
    }

    // MARK: Ending

    mutating func shutDown(_ mode: ShutDownMode, within: Int64? = nil, at now: Int64) {
        guard phase != .ended, phase != .abandoned else { return }
        if mode == .finishing, phase != .failed {
            phase = .finishing
            if let within { abandonsAt = min(abandonsAt ?? .max, now &+ within) }
            alarmsChanged = true
            dispatch(at: now)
            return settle(at: now)
        }
        phase = .abandoned
        abandonsAt = nil
        delayedStarts = []
        failAllWaiting(.shutDown)
        killAll()
        settle(at: now)
    }

    private mutating func killAll() {
        for id in workers.keys {
            takeFromTurn(id)
            workers[id]?.wasKilled = true
            workers[id]?.alarm = nil
            actions.append(.kill(id))
        }
    }

    /// Goes on towards the end, if that has come nearer.
    mutating func settle(at now: Int64) {
        guard phase == .finishing || phase == .abandoned else { return }
        if phase == .finishing {
            guard waitingCount == 0 else { return }
            delayedStarts = []
            for id in workers.keys where workers[id].map({ $0.sent.isEmpty && !$0.isStopping }) ?? false {
                takeFromTurn(id)
                workers[id]?.isStopping = true
                actions.append(.stop(id))
            }
        }
        guard workers.isEmpty, starting == 0 else { return }
        phase = .ended
        abandonsAt = nil
        actions.append(.end)
    }
}
