// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStorage {
    // MARK: Work

    /// Pieces of one type on their way in.
    struct Submission: Sendable {
        var pending: PendingWork
        var piece: Machine.Piece
    }

    /// Accepts pieces; those that the pool does not take fail at once.
    func submit(_ submissions: [Submission]) {
        change { state in
            let now = Deadline.now.nanoseconds
            for submission in submissions { state.submit(submission) }
            state.machine.dispatch(at: now)
        }
    }

    /// Takes back what this inbox waits for.
    func takeBack(_ inbox: WorkInbox, alsoRunning: Bool) {
        change { state in
            let workers = state.workers
            let now = Deadline.now.nanoseconds
            for work in state.machine.pieces.numbers where state.works[Machine.place(work)]?.group.inbox === inbox {
                state.machine.cancel(work, alsoRunning: alsoRunning, at: now) {
                    workers[$0]?.memory.slots.recall($1) ?? false
                }
            }
        }
    }

    // MARK: Answers

    /// Whether answers come so quickly that to look for them is cheaper than to be woken.
    static let quickRun: Int64 = 20_000
    static let linger: Int64 = 1_000_000
    private static let longestLook: Int64 = 50_000
    private static let mostLookedAt = 64

    /// Looks for answers for a moment on the caller's thread, if they are likely to come at once, until `isDone`. A caller
    /// who then waits all the same says so by `hasWaited` afterwards.
    func look(until isDone: () -> Bool) {
        let end = Deadline.now.advanced(nanoseconds: Self.longestLook)
        let looks = beginLooking()
        if looks {
            repeat {
                change { $0.collectAll() }
                if isDone() { break }
                NativeThread.yield()
            } while !end.hasPassed
            state.update { $0.lookers -= 1 }
        }
        let isDone = isDone()
        change { $0.endLooking(hasLooked: looks, isDone: isDone, at: Deadline.now.nanoseconds) }
    }

    private func beginLooking() -> Bool {
        // Then the reactor's thread takes the answers, after the lines that were written before them.
        if labelsOutput { return false }
        return state.update { state in
            guard state.machine.usualRun >= 0, state.machine.usualRun < Self.quickRun,
                state.workers.count <= Self.mostLookedAt
            else { return false }
            state.lookers += 1
            if state.lookers == 1, state.lingersUntil == nil {
                for worker in state.workers.values { worker.link.stayAwake() }
            }
            return true
        }
    }

    /// A caller has waited.
    func hasWaited() { state.update { $0.sleepers -= 1 } }

    /// What a worker wrote before it answered belongs to the work that its label still names.
    private func readLabelledOutput(of worker: Machine.WorkerID) {
        guard labelsOutput, let link = state.update({ $0.workers[worker]?.link }) else { return }
        link.output.readAll()
    }

    func handle(_ event: WorkerLink.Event, of worker: Machine.WorkerID) {
        switch event {
        case .bell:
            readLabelledOutput(of: worker)
            change { state in
                state.collect(worker)
                if state.lookers == 0, state.lingersUntil == nil { state.goToSleep(worker) }
            }
        case .frames(let frames):
            change { state in
                let now = Deadline.now.nanoseconds
                for frame in frames { state.take(frame, from: worker, at: now) }
            }
        case .ended(let record, let lastWords): ended(worker, record, lastWords)
        }
    }

    private func ended(_ id: Machine.WorkerID, _ record: ExitRecord, _ lastWords: LastWords) {
        let effects = state.update { state -> Effects? in
            guard let worker = state.workers.removeValue(forKey: id) else { return nil }
            let now = Deadline.now.nanoseconds
            let processIdentifier = worker.link.processIdentifier
            let tag = state.machine.workers[id]?.sent.first?.tag ?? 0
            let ran = Duration.nanoseconds(max(0, now - worker.memory.slots.begin(tag)))
            let ended = EndedWorker(
                report: { name, attempt in
                    CrashReport(
                        work: name, attempt: attempt, ran: ran, processIdentifier: processIdentifier, record: record,
                        lastWords: lastWords)
                }, ran: ran)
            state.causes.lastReport = CrashReport(
                work: nil, processIdentifier: processIdentifier, record: record, lastWords: lastWords)
            state.note(
                .workerEnded(
                    processIdentifier: processIdentifier, status: ExitStatus(record), reason: worker.endReason ?? .lost)
            )
            state.machine.workerEnded(id, at: now) { worker.memory.slots.hasBegun($0) }
            state.setAlarm()
            perform(&state, ended: ended)
            return state.takeEffects()
        }
        if let effects { finish(effects) }
    }
}

extension ProcessPoolStorage.State {
    fileprivate mutating func submit(_ submission: ProcessPoolStorage.Submission) {
        var pending = submission.pending
        pending.number = lastNumber
        lastNumber += UInt64(pending.end - pending.first)
        guard let work = machine.submit(submission.piece) else {
            let failure = machine.phase == .failed ? causes.failure(.failed, nil, ran: .zero) : .poolIsShutDown
            while !pending.isOver {
                endedWorks += 1
                failedWorks += 1
                let arrival = WorkArrival(index: pending.takeFirst(), outcome: .failure(failure))
                effects.deliveries.append(ProcessPoolStorage.Delivery(inbox: pending.group.inbox, arrival: arrival))
            }
            return
        }
        let place = Machine.place(work)
        while works.count <= place { works.append(nil) }
        works[place] = pending
        if causes.isObserved {
            let words = description(of: pending)
            note(.workSubmitted(words))
        }
    }

    /// Takes what all workers have answered.
    mutating func collectAll() {
        for id in workers.keys { collect(id) }
    }

    mutating func collect(_ id: Machine.WorkerID) {
        var frames: [ReceivedFrame] = []
        workers[id]?.link.takeFrames(into: &frames)
        guard !frames.isEmpty else { return }
        let now = Deadline.now.nanoseconds
        for frame in frames { take(frame, from: id, at: now) }
        machine.dispatch(at: now)
    }

    /// Somebody who has found what it looked for will come back soon: the bells stay off for a moment, unless somebody
    /// waits. An alarm sees to it that they do not for longer.
    mutating func endLooking(hasLooked: Bool, isDone: Bool, at now: Int64) {
        if !isDone { sleepers += 1 }
        guard lookers == 0, hasLooked || lingersUntil != nil else { return }
        if isDone, sleepers == 0, machine.usualRun >= 0, machine.usualRun < ProcessPoolStorage.quickRun {
            let isNew = lingersUntil == nil
            lingersUntil = now &+ ProcessPoolStorage.linger
            if isNew { setAlarm() }
        } else {
            lingersUntil = nil
            goToSleep()
        }
    }

    /// Whether the moment is over.
    mutating func endLingering(at now: Int64) {
        guard let end = lingersUntil, end <= now else { return }
        lingersUntil = nil
        if lookers == 0 { goToSleep() }
    }

    /// Has the workers ring from now on, and takes what came before they knew.
    mutating func goToSleep() {
        for id in workers.keys { goToSleep(id) }
    }

    mutating func goToSleep(_ id: Machine.WorkerID) {
        while let link = workers[id]?.link, !link.goToSleep() { collect(id) }
    }

    mutating func take(_ frame: ReceivedFrame, from id: Machine.WorkerID, at now: Int64) {
        if frame.kind == .notice, let link = workers[id]?.link {
            notices.put(frame.payload, from: link.processIdentifier)
            effects.hasNotices = true
            return
        }
        guard frame.kind == .output || frame.kind == .failure || frame.kind == .passed else { return }
        let ran = workers[id]?.memory.slots.ran(frame.tag) ?? 0
        let answer = machine.answered(id, frame.tag, passes: frame.kind == .passed, works: frame.count, at: now)
        switch answer {
        case .work(let work) where frame.count > 1: deliverAll(frame, for: work, from: id)
        case .work(let work): deliver(frame, for: work, from: id, ran)
        case .overdue(let work, let fate):
            for _ in 0..<frame.count {
                answered(work, .failure(causes.failure(fate, nil, ran: .nanoseconds(ran))), ran)
            }
        case .initializer: initialized(id, WorkReply(frame), at: now)
        case .nothing: noteParcel(id, ran)
        case .breach: workers[id]?.link.killGroup()
        }
    }

    private mutating func deliver(
        _ frame: ReceivedFrame, for work: Machine.WorkID, from id: Machine.WorkerID, _ ran: Int64
    ) {
        if machine.pieces[work] == nil { machine.noteRun(ran) } else { workers[id]?.answeredOfParcel += 1 }
        answered(work, .reply(WorkReply(frame)), ran)
        checkMemory(id)
    }

    /// Several outputs of one parcel. Nobody observes parcels, and nobody looks at the size of workers that do them.
    private mutating func deliverAll(_ frame: ReceivedFrame, for work: Machine.WorkID, from id: Machine.WorkerID) {
        let place = Machine.place(work)
        workers[id]?.answeredOfParcel += Int64(frame.count)
        endedWorks += frame.count
        guard let inbox = works[place]?.group.inbox else { return }
        let index = works[place]?.takeFirst(frame.count) ?? 0
        let arrival = WorkArrival(
            index: index, outcome: .outputs(OutputFrames(frame.payload.bytes, count: frame.count)))
        effects.deliveries.append(ProcessPoolStorage.Delivery(inbox: inbox, arrival: arrival))
        if works[place]?.isOver ?? true { works[place] = nil }
    }

    private mutating func answered(_ work: Machine.WorkID, _ outcome: WorkArrival.Outcome, _ ran: Int64) {
        let place = Machine.place(work)
        guard let isOver = works[place]?.isOver, !isOver, let inbox = works[place]?.group.inbox else { return }
        if causes.isObserved, let pending = works[place] {
            let failure: WorkFailure? =
                switch outcome {
                case .reply(let reply): reply.failureIfAny
                case .failure(let failure): failure
                default: nil
                }
            let words = description(of: pending)
            note(.workEnded(words, ran: .nanoseconds(ran), failure: failure))
        }
        endedWorks += 1
        if case .failure = outcome { failedWorks += 1 }
        if case .reply(let reply) = outcome, !reply.isOutput { failedWorks += 1 }
        let index = works[place]?.takeFirst() ?? 0
        let arrival = WorkArrival(index: index, outcome: outcome)
        effects.deliveries.append(ProcessPoolStorage.Delivery(inbox: inbox, arrival: arrival))
        if works[place]?.isOver ?? true { works[place] = nil }
    }

    /// A parcel's works are timed together.
    private mutating func noteParcel(_ id: Machine.WorkerID, _ ran: Int64) {
        guard let count = workers[id]?.answeredOfParcel, count > 0 else { return }
        machine.noteRun(ran / count)
    }

    private mutating func initialized(_ id: Machine.WorkerID, _ reply: WorkReply, at now: Int64) {
        guard let failure = reply.failureIfAny else { return machine.initialized(id, at: now) }
        causes.initializerFailure = failure
        machine.fail()
    }

    private mutating func checkMemory(_ id: Machine.WorkerID) {
        guard let limit = causes.memoryLimit, let link = workers[id]?.link else { return }
        guard let bytes = ProcessTree.residentBytes(of: link.processIdentifier), bytes > limit else { return }
        if workers[id]?.endReason == nil { workers[id]?.endReason = .recycled }
        machine.recycle(id, at: Deadline.now.nanoseconds)
    }
}
