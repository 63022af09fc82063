// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Waits for a child's answer and for its end, once, for everybody who asks.
///
/// The answer is known before the process has gone: taking a process apart takes the kernel as long as the whole of a
/// small work. So there are two moments to wait for, and after the first nobody may be there any more to see the
/// second.
final class ChildProcessStorage: Sendable {
    struct End: Sendable {
        var record = ExitRecord()
        var lastWords = LastWords()
        /// From the start of the process to its end.
        var ran: Duration?
    }

    /// The worker's answer, or that it ended without one.
    enum Answer: Sendable {
        case reply(WorkReply)
        case end(End)
    }

    /// Who turns the reactor that the link is attached to.
    private enum Reading {
        case nobody
        /// A thread that waits, or the thread that all children share.
        case somebody
        /// Nobody since a waiting thread has its answer; the next one goes on with the same reactor.
        case parked(Reactor)
    }

    private struct State {
        var reading = Reading.nobody
        /// The name of the work; without the work itself once the child has ended.
        var work: @Sendable () -> WorkName
        var answer: Answer?
        var end: End?
        var answerWaiters: [CheckedContinuation<Answer, Never>] = []
        var endWaiters: [CheckedContinuation<End, Never>] = []
        /// Who waits for the end and for other things.
        var endWatchers: [Int: @Sendable () -> Void] = [:]
        var lastWatcher = 0
    }

    let link: WorkerLink
    private let started = ContinuousClock.now
    private let workType: any Any.Type
    private let companions: WorkCompanions
    private let state: Monitor<State>

    init(
        link: WorkerLink, work: @escaping @Sendable () -> WorkName, ofType workType: any Any.Type,
        companions: WorkCompanions
    ) {
        self.link = link
        self.workType = workType
        self.companions = companions
        state = Monitor(State(work: work))
    }

    var work: WorkName { state.update { $0.work }() }

    // MARK: Waiting

    func answer() async -> Answer {
        await withCheckedContinuation { continuation in
            let answer = state.update { state -> Answer? in
                if state.answer == nil { state.answerWaiters.append(continuation) }
                return state.answer
            }
            if let answer { continuation.resume(returning: answer) } else { readInBackground() }
        }
    }

    func end() async -> End {
        await withCheckedContinuation { continuation in
            let end = state.update { state -> End? in
                if state.end == nil { state.endWaiters.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) } else { readInBackground() }
        }
    }

    var hasEnded: Bool { state.update { $0.end != nil } }

    /// Calls back once it has ended.
    func watchEnd(_ callback: @escaping @Sendable () -> Void) -> WaitTicket {
        let id = state.update { state -> Int? in
            guard state.end == nil else { return nil }
            state.lastWatcher += 1
            state.endWatchers[state.lastWatcher] = callback
            return state.lastWatcher
        }
        guard let id else {
            callback()
            return WaitTicket(cancel: {})
        }
        readInBackground()
        return WaitTicket { [weak self] in self?.state.update { _ = $0.endWatchers.removeValue(forKey: id) } }
    }

    /// Waits on the calling thread.
    func waitForAnswer() -> Answer {
        read { $0.answer == nil }
        return state.wait { $0.answer }
    }

    /// Waits on the calling thread.
    func waitForEnd() -> End {
        read { $0.end == nil }
        return state.wait { $0.end }
    }

    /// The calling thread turns the reactor itself, unless another one is at it already.
    private func read(while isWaiting: (State) -> Bool) {
        guard state.update({ isWaiting($0) }) else { return }
        switch takeReading() {
        case .somebody: break
        case .nobody:
            let reactor = try? Reactor()
            attach(to: reactor, isShared: false)
            turn(reactor, while: isWaiting)
        case .parked(let reactor): turn(reactor, while: isWaiting)
        }
    }

    private func turn(_ reactor: Reactor?, while isWaiting: (State) -> Bool) {
        while state.update({ isWaiting($0) }) { reactor?.turn() }
        state.update { state in
            if state.end == nil, let reactor { state.reading = .parked(reactor) }
        }
    }

    private func readInBackground() {
        switch takeReading() {
        case .somebody: break
        case .nobody: attach(to: SharedReactor.borrow(), isShared: true)
        case .parked(let reactor):
            let isStarted = (try? reactor.startThread(named: "mp.child")) != nil
            if !isStarted { giveUp() }
        }
    }

    /// Makes the caller the one who reads, and answers who was it before.
    private func takeReading() -> Reading {
        state.update { state in
            defer { state.reading = .somebody }
            return state.reading
        }
    }

    // MARK: Events

    private func attach(to reactor: Reactor?, isShared: Bool) {
        // The handler keeps this storage, and so the link, until the end has come or it is abandoned.
        let handler: @Sendable (WorkerLink.Event) -> Void = { [self] event in
            switch event {
            case .frames(let frames):
                for frame in frames where frame.kind == .notice {
                    companions.deliver(frame.payload, from: link.processIdentifier)
                }
                guard let answer = frames.first(where: { $0.kind == .output || $0.kind == .failure }) else { return }
                // What it wrote before its answer is passed on before the answer is.
                link.output.readAll()
                settle(.reply(WorkReply(answer)))
            case .bell: break
            case .ended(let record, let lastWords):
                settle(End(record: record, lastWords: lastWords, ran: started.duration(to: .now)))
                release(reactor, isShared: isShared)
            }
        }
        do {
            guard let reactor else { throw SystemError("wait for a child", code: SystemError.noDescriptors) }
            try link.attach(to: reactor, label: { [weak self] in WorkerLabel(work: self?.work.text) }, handler)
        } catch {
            giveUp()
            release(reactor, isShared: isShared)
        }
    }

    private func release(_ reactor: Reactor?, isShared: Bool) {
        if isShared { SharedReactor.giveBack() } else { reactor?.stop() }
    }

    /// Not even a descriptor or a thread to wait with: ends the child rather than wait for ever.
    private func giveUp() {
        link.signal(Signal.kill)
        link.detach()
        settle(End(record: link.process.reap(blocking: true) ?? ExitRecord()))
    }

    private func settle(_ answer: Answer) {
        let waiters = state.update(waking: .all) { state -> [CheckedContinuation<Answer, Never>] in
            guard state.answer == nil else { return [] }
            state.answer = answer
            defer { state.answerWaiters = [] }
            return state.answerWaiters
        }
        for waiter in waiters { waiter.resume(returning: answer) }
    }

    private func settle(_ end: End) {
        // Before anybody who has waited for it can ask; nothing more is read then, whose lines would bear the name.
        settle(.end(end))
        letGoOfWork()
        let (waiters, watchers) = state.update(waking: .all) { state in
            state.end = end
            defer {
                state.endWaiters = []
                state.endWatchers = [:]
            }
            return (state.endWaiters, state.endWatchers.values)
        }
        for waiter in waiters { waiter.resume(returning: end) }
        for watcher in watchers { watcher() }
    }

    /// The name alone goes on, where a report may still ask for it; else that of the type.
    private func letGoOfWork() {
        var name: @Sendable () -> WorkName = { [workType] in WorkName(ofType: workType) }
        // Made, and let go below, outside the lock: both may run the work's own code.
        if case .end = state.update({ $0.answer }) {
            let last = work
            name = { last }
        }
        let old = state.update { state in
            defer { state.work = name }
            return state.work
        }
        withExtendedLifetime(old) {}
    }

    /// Nobody is interested any more: a child that still runs is killed. The link reaps it when it goes.
    func abandon() {
        if state.update({ $0.end != nil }) { return }
        link.signal(Signal.kill)
        // Whoever reads in the background goes on until the end; otherwise the circle from the link to here is opened.
        if case .somebody = takeReading() { return }
        link.detach()
    }
}
