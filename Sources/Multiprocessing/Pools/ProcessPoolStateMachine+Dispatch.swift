// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStateMachine {
    /// How many pieces a worker is sent ahead: many of short ones, of others the next.
    private static let deepest = 32
    private static let shortRun: Int64 = 100_000

    private var depth: Int { usualRun >= 0 && usualRun < Self.shortRun ? Self.deepest : 2 }

    /// Sends what waits, as far as there are workers for it.
    mutating func dispatch(at now: Int64) {
        guard waitingCount > 0, phase == .running || phase == .finishing else { return }
        while waitingCount > 0 {
            guard let worker = idle.popLast() else {
                if sendAhead(at: now) { continue }
                break
            }
            guard let work = nextWaiting() else {
                idle.append(worker)
                break
            }
            send(work, to: worker, at: now)
        }
        let there = workers.count + starting + delayedStarts.count
        if waitingCount > 0, rules.idleTime != nil || there < rules.workers { fillUp(at: now) }
    }

    /// Sends a piece to a worker that has not finished its last; false when there is none to be sent.
    private mutating func sendAhead(at now: Int64) -> Bool {
        guard let worker = nextWithRoom(), let work = nextWaiting() else { return false }
        if pieces[work]?.needsIdleWorker == true {
            putBack(work)
            return false
        }
        send(work, to: worker, at: now)
        return true
    }

    /// The next worker that may be sent a piece ahead of its turn.
    private mutating func nextWithRoom() -> WorkerID? {
        let depth = depth
        guard surplus < (depth - 1) * ready.count else { return nil }
        for _ in 0..<ready.count {
            turn = turn + 1 < ready.count ? turn + 1 : 0
            if workers[ready[turn]]?.hasRoom(depth) == true { return ready[turn] }
        }
        return nil
    }

    private mutating func send(_ work: WorkID, to id: WorkerID, at now: Int64) {
        guard let tag = workers[id]?.takeTag() else { return putBack(work) }
        pieces[work]?.worker = id
        pieces[work]?.tag = tag
        let works = pieces[work]?.works ?? 1
        workers[id]?.sent.append(Worker.Sent(tag: tag, work: work))
        workers[id]?.given += works
        if workers[id]?.sent.count == 1 { setAlarm(of: id, at: now) }
        if let ahead = workers[id]?.aheadCount, ahead > 0 { surplus += 1 }
        actions.append(.send(work, to: id, tag: tag))
        if let most = rules.mostWorkPerWorker, let given = workers[id]?.given, given >= most { takeFromTurn(id) }
    }

    // MARK: Sharing

    /// Rule 6: whether a worker without work could have some that was sent to another.
    var wantsSharing: Bool { surplus > 0 && waitingCount == 0 && !idle.isEmpty }

    /// Rule 6.
    mutating func share(at now: Int64, _ recall: (WorkerID, UInt32) -> Bool) {
        while wantsSharing, let victim = mostBurdened() {
            guard let sent = workers[victim]?.sent else { return }
            // The later half; the one that it does, or is about to, stays.
            let keeps = 1 + (sent.count - 1) / 2
            var works: [WorkID] = []
            for entry in sent[keeps...] {
                if let work = entry.work, recall(victim, entry.tag) { works.append(work) }
            }
            if works.isEmpty { return }
            takeBack(works, from: victim)
            dispatch(at: now)
        }
    }

    private func mostBurdened() -> WorkerID? {
        var most: (id: WorkerID, count: Int)?
        for id in ready {
            let count = workers[id]?.aheadCount ?? 0
            if count > most?.count ?? 0 { most = (id, count) }
        }
        return most?.id
    }

    /// Pieces that were recalled, in their order: they wait again, before others.
    mutating func takeBack(_ works: [WorkID], from id: WorkerID) {
        for work in works.reversed() {
            forget(work, in: id)
            putBack(work)
        }
    }

    /// The piece is not the worker's any more; its tag stays in use until the worker has passed it.
    mutating func forget(_ work: WorkID, in id: WorkerID) {
        guard let index = workers[id]?.sent.firstIndex(where: { $0.work == work }) else { return }
        workers[id]?.sent[index].work = nil
        workers[id]?.recalledCount += 1
        workers[id]?.given -= pieces[work]?.works ?? 1
        pieces[work]?.worker = nil
        if let held = workers[id]?.heldCount, held > 0 { surplus -= 1 }
    }
}
