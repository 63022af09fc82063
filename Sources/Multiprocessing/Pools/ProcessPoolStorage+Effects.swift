// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStorage {
    /// A worker that has ended, and what it had begun.
    struct EndedWorker: Sendable {
        let report: @Sendable (WorkName, Int) -> CrashReport
        let ran: Duration
    }

    /// Does what the machine wants, until it wants nothing more. Under the lock.
    func perform(_ state: inout State, ended: EndedWorker? = nil) {
        while true {
            let actions = state.machine.takeActions()
            for action in actions { perform(action, &state, ended) }
            guard actions.isEmpty else { continue }
            guard state.machine.wantsSharing else { break }
            let workers = state.workers
            state.machine.share(at: Deadline.now.nanoseconds) { workers[$0]?.memory.slots.recall($1) ?? false }
            let isDone = state.machine.actions.isEmpty
            if isDone { break }
        }
        if state.machine.alarmsChanged {
            state.machine.alarmsChanged = false
            state.setAlarm()
        }
        flush(&state)
    }

    private func flush(_ state: inout State) {
        guard !state.addressed.isEmpty else { return }
        for id in state.addressed {
            guard let outbox = state.workers[id]?.outbox, !outbox.isEmpty else { continue }
            state.workers[id]?.outbox = []
            state.workers[id]?.link.send(outbox)
        }
        state.addressed.removeAll(keepingCapacity: true)
    }

    private func perform(_ action: Machine.Action, _ state: inout State, _ ended: EndedWorker?) {
        switch action {
        case .send(let work, let worker, let tag): send(work, to: worker, tag, &state)
        case .initialize(let worker, let tag):
            guard var message = starter.initializer else { return }
            Frame.setTag(tag, of: &message)
            state.post(message, to: worker, tag)
        case .startWorker: state.effects.starts += 1
        case .stop(let worker):
            var message = Frame.begin(.stop)
            if let finalizer = starter.finalizer {
                message.bytes += finalizer.bytes.dropFirst(Frame.headSize)
                message.handles = finalizer.handles
            }
            Frame.finish(&message)
            state.noteStop(of: worker)
            state.put(message, for: worker)
        case .kill(let worker):
            if state.workers[worker]?.endReason == nil { state.workers[worker]?.endReason = .stoppedWork }
            state.workers[worker]?.link.killGroup()
        case .callAway(let worker, let tag):
            state.workers[worker]?.memory.slots.shorten(tag)
            state.workers[worker]?.memory.call(about: tag)
        case .fail(let work, let fate): state.fail(work, fate, ended, isLast: true)
        case .failFirst(let work, let fate): state.fail(work, fate, ended, isLast: false)
        case .end: state.effects.hasEnded = true
        }
    }

    private func send(_ work: Machine.WorkID, to worker: Machine.WorkerID, _ tag: UInt32, _ state: inout State) {
        let place = Machine.place(work)
        guard let pending = state.works[place] else { return }
        let message = pending.message(tag: tag)
        state.works[place]?.handed += 1
        // Who waits for the end of a conversation must not wait for us; what may have to be sent again is kept.
        if !message.handles.isEmpty, state.machine.pieces[work]?.mayRepeat == false {
            state.works[place]?.request = .gone
        }
        if state.causes.isObserved {
            let waited = Duration.nanoseconds(Deadline.now.nanoseconds - pending.group.submitted)
            if let handed = state.works[place] {
                let words = state.description(of: handed)
                state.note(.workStarted(words, waited: waited))
            }
        }
        state.post(message, to: worker, tag)
    }
}

extension ProcessPoolStateMachine {
    /// Where a piece stands in a table by place.
    static func place(_ work: WorkID) -> Int { Int(truncatingIfNeeded: work & 0xffff_ffff) }
}

extension ProcessPoolStorage.State {
    typealias Machine = ProcessPoolStateMachine

    fileprivate mutating func post(_ message: MessageBody, to worker: Machine.WorkerID, _ tag: UInt32) {
        workers[worker]?.memory.slots.markSent(tag)
        workers[worker]?.answeredOfParcel = 0
        put(message, for: worker)
    }

    /// Why a worker is asked to end, unless the whole pool ends.
    fileprivate mutating func noteStop(of worker: Machine.WorkerID) {
        guard workers[worker]?.endReason == nil else { return }
        let isUsedUp = machine.rules.mostWorkPerWorker.map { (machine.workers[worker]?.given ?? 0) >= $0 } ?? false
        workers[worker]?.endReason = isUsedUp ? .recycled : .retired
    }

    fileprivate mutating func put(_ message: MessageBody, for worker: Machine.WorkerID) {
        if workers[worker]?.outbox.isEmpty ?? false { addressed.append(worker) }
        workers[worker]?.outbox.append(message)
    }

    /// The work's type is in its name, which is made for observers only.
    func description(of pending: PendingWork) -> WorkDescription {
        WorkDescription(
            number: pending.number + UInt64(pending.first - pending.start), typeName: pending.group.typeName,
            attempt: pending.handed)
    }

    /// Delivers a failure to the first work of a piece that has no answer, or to all of them.
    fileprivate mutating func fail(
        _ work: Machine.WorkID, _ fate: Machine.Fate, _ ended: ProcessPoolStorage.EndedWorker?, isLast: Bool
    ) {
        let place = Machine.place(work)
        guard var pending = works[place] else { return }
        repeat {
            guard !pending.isOver else { break }
            let failure = later(fate, of: pending, ended)
            if causes.isObserved {
                let words = description(of: pending)
                note(.workEnded(words, ran: ended?.ran ?? .zero, failure: failure()))
            }
            endedWorks += 1
            failedWorks += 1
            let arrival = WorkArrival(index: pending.takeFirst(), outcome: .nothing)
            effects.deliveries.append(
                ProcessPoolStorage.Delivery(inbox: pending.group.inbox, arrival: arrival, failure: failure))
        } while isLast
        works[place] = isLast || pending.isOver ? nil : pending
    }

    /// The failure of the first work that has no answer.
    private func later(
        _ fate: Machine.Fate, of pending: PendingWork, _ ended: ProcessPoolStorage.EndedWorker?
    ) -> @Sendable () -> WorkFailure {
        let (causes, attempts, group, index) = (causes, machine.lastAttempts, pending.group, pending.first)
        return {
            let needsReport = fate == .died || fate == .quarantined
            let report = needsReport ? ended?.report(group.name(index), attempts) : nil
            return causes.failure(fate, report, ran: ended?.ran ?? .zero)
        }
    }
}
