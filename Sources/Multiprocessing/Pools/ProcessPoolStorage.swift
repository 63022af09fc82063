// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The lock and the effects of a pool of processes; its decisions are the state machine's.
///
/// Whoever has an event takes the lock, tells the machine, and does what it answers: what is short and touches no one
/// else (messages, signals) under the lock, so that it happens in the order of the decisions; completions, starts and
/// observers after it.
final class ProcessPoolStorage: Sendable {
    typealias Machine = ProcessPoolStateMachine

    struct State: Sendable {
        var machine: Machine
        /// By the place in their number, as in the machine's own table.
        var works: [PendingWork?] = []
        var workers = IndexedTable<PoolWorker>()
        /// Those for whom something lies in their outbox.
        var addressed: [Machine.WorkerID] = []
        var lastNumber: UInt64 = 0
        var endedWorks = 0
        var failedWorks = 0
        /// Callers who look for answers by themselves.
        var lookers = 0
        /// Callers who have stopped looking and wait.
        var sleepers = 0
        /// Until when the bells stay off although nobody looks; nil when they are on.
        var lingersUntil: Int64?
        var waiters: [CheckedContinuation<Void, Never>] = []
        var causes = FailureCauses()
        var notices: NoticeDesk
        var effects = Effects()
    }

    /// An arrival on its way. Not a tuple, whose copies ask the runtime each time how they are made.
    struct Delivery: Sendable {
        let inbox: WorkInbox
        let arrival: WorkArrival
        /// What it is instead, if that has to be made without the lock: it may tell of the work in the work's own words, whose
        /// code may do anything.
        var failure: (@Sendable () -> WorkFailure)?

        var made: WorkArrival {
            failure.map { WorkArrival(index: arrival.index, outcome: .failure($0())) } ?? arrival
        }
    }

    /// What is done once the lock is released.
    struct Effects: Sendable {
        var deliveries: [Delivery] = []
        var starts = 0
        var alarm: Int64?
        var hasEnded = false
        var events: [PoolEvent] = []
        var hasNotices = false
    }

    let state: Monitor<State>
    let starter: WorkerStarter
    let configuration: ProcessPool.Configuration
    let reactor: Reactor
    private let messenger: EventMessenger?
    let watchers = ProgressWatchers()
    /// Whether somebody wants to know which work wrote which line.
    let labelsOutput: Bool
    private let notices: NoticeDesk

    /// Starts the workers, one after the other, then the thread that reads for them.
    init(_ configuration: ProcessPool.Configuration) throws(StartFailure) {
        self.configuration = configuration
        starter = try WorkerStarter(configuration)
        if case .lines = configuration.settings.output { labelsOutput = true } else { labelsOutput = false }
        messenger = configuration.observer.map(EventMessenger.init)
        let notices = NoticeDesk(configuration.companions)
        self.notices = notices
        let causes = FailureCauses(
            isObserved: configuration.observer != nil, memoryLimit: configuration.memoryLimit)
        state = Monitor(State(machine: Machine(configuration.rules), causes: causes, notices: notices))
        do { reactor = try Reactor() } catch { throw .system(error) }
        let first = configuration.idleTimeout == nil ? configuration.workers : max(1, configuration.rules.fewestWorkers)
        state.update { $0.machine.expectStarts(first) }
        do {
            for _ in 1...first { try adopt(starter.start(), isReplacement: false) }
            try startReading()
        } catch {
            // The links that go with this object kill and reap their workers.
            state.update { $0.workers = IndexedTable() }
            throw error
        }
    }

    private func startReading() throws(StartFailure) {
        // Weak: the reactor's thread is no reason for a pool to live.
        reactor.onAlarm { [weak self] in self?.tick() }
        do { try reactor.startThread(named: "mp.pool") } catch { throw .system(error) }
    }

    var processIdentifiers: [Int32] { state.update { $0.workers.values.map(\.link.processIdentifier) } }

    // MARK: Changes

    /// Changes the state, does what follows from it, and answers.
    @discardableResult
    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, effects) = state.update { state -> (Result, Effects?) in
            let result = body(&state)
            perform(&state)
            return (result, state.takeEffects())
        }
        if let effects { finish(effects) }
        return result
    }

    func finish(_ effects: Effects) {
        for _ in 0..<effects.starts { startInBackground() }
        if let alarm = effects.alarm { reactor.setAlarm(alarm) }
        messenger?.deliver(effects.events)
        // Those that came before these answers, whichever thread took them in.
        notices.handle()
        deliver(effects.deliveries)
        if !watchers.isEmpty { watchers.tell(counts) }
        if effects.hasEnded { finish() }
    }

    /// To each inbox what came for it in a row.
    private func deliver(_ deliveries: [Delivery]) {
        var start = 0
        while start < deliveries.count {
            let inbox = deliveries[start].inbox
            let end = deliveries[start...].firstIndex { $0.inbox !== inbox } ?? deliveries.count
            inbox.add(deliveries[start..<end].map(\.made))
            start = end
        }
    }

    private func finish() {
        let waiters = state.update { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        reactor.stop()
        watchers.finish()
        for waiter in waiters { waiter.resume() }
    }

    private func tick() {
        change { state in
            let workers = state.workers
            state.machine.tick(
                at: Deadline.now.nanoseconds,
                beginning: { id, tag in
                    workers[id].flatMap { $0.memory.slots.hasBegun(tag) ? $0.memory.slots.begin(tag) : nil }
                },
                { workers[$0]?.memory.slots.recall($1) ?? false })
            state.endLingering(at: Deadline.now.nanoseconds)
            state.setAlarm()
        }
    }

    func shutDown(_ mode: ShutDownMode, within limit: Duration? = nil) {
        change { state in
            state.noteEnd(.shutDown)
            state.machine.shutDown(mode, within: limit?.wholeNanoseconds, at: Deadline.now.nanoseconds)
            state.setAlarm()
        }
    }

    /// Waits until the last worker is gone.
    func end() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.update { state in
                if !state.machine.hasEnded { state.waiters.append(continuation) }
                return state.machine.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    func resize(to count: Int) {
        change { state in
            state.machine.resize(to: count, at: Deadline.now.nanoseconds)
            state.setAlarm()
        }
    }

    // MARK: Starting

    /// On a thread of its own: to start a worker takes a while, and the one that reads must read.
    private func startInBackground() {
        do {
            try NativeThread.start(named: "mp.start") { [self] in start() }
        } catch {
            start()
        }
    }

    private func start() {
        do {
            try adopt(starter.start(), isReplacement: true)
        } catch {
            change { state in
                state.causes.startFailure = error
                state.machine.startFailed(at: Deadline.now.nanoseconds)
            }
        }
    }

    private func adopt(_ worker: PoolWorker, isReplacement: Bool) throws(StartFailure) {
        let link = worker.link
        let id = state.update { [worker] state in
            let id = state.workers.firstFree
            state.workers[id] = worker
            return id
        }
        do {
            // The handler holds this storage until the worker's end has come: a pool may be dropped before.
            try link.attach(to: reactor, label: { [self] in label(of: id) }) { [self] event in handle(event, of: id) }
        } catch {
            state.update { _ = $0.workers.removeValue(forKey: id) }
            throw .system(error)
        }
        change { state in
            state.note(.workerStarted(processIdentifier: link.processIdentifier, isReplacement: isReplacement))
            state.machine.workerStarted(id, at: Deadline.now.nanoseconds)
            state.setAlarm()
        }
    }
}

extension ProcessPoolStorage {
    /// What the lines that a worker writes now are about: the work that it is at, as far as that is known here.
    private func label(of id: Machine.WorkerID) -> WorkerLabel {
        let pending = state.update { state in
            state.machine.workers[id]?.sent.first?.work.flatMap { state.works[Machine.place($0)] }
        }
        // Without the lock: see `Delivery`.
        return WorkerLabel(worker: id, work: pending.flatMap { $0.isOver ? nil : $0.group.name($0.first).text })
    }
}

extension ProcessPoolStorage.State {
    mutating func takeEffects() -> ProcessPoolStorage.Effects? {
        guard
            !effects.deliveries.isEmpty || effects.starts > 0 || effects.alarm != nil || effects.hasEnded
                || !effects.events.isEmpty || effects.hasNotices
        else { return nil }
        defer { effects = ProcessPoolStorage.Effects() }
        return effects
    }

    mutating func setAlarm() { effects.alarm = [machine.nextAlarm, lingersUntil].compactMap(\.self).min() }

    mutating func note(_ event: PoolEvent) { if causes.isObserved { effects.events.append(event) } }

    mutating func noteEnd(_ reason: WorkerEndReason) {
        for id in workers.keys where workers[id]?.endReason == nil { workers[id]?.endReason = reason }
    }
}
