// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The lock and the effects of a pool of processes; its decisions are the state machine's.
///
/// One thread reads for all workers. Whoever has an event takes the lock, asks the machine, and performs its actions
/// after the lock is released: no completion is called under it.
final class ProcessPoolStorage: Sendable {
    private typealias Machine = ProcessPoolStateMachine

    private struct State {
        var machine = Machine()
        var works: [Machine.WorkID: PendingWork] = [:]
        var links: [Machine.WorkerID: WorkerLink] = [:]
        var lastWorker = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// How the last worker ended, for what fails because of it.
        var lastReport: CrashReport?
        var lastStartFailure: StartFailure?
    }

    private let state = Mutex(State())
    private let starter: WorkerStarter
    private let notices: NoticeDesk
    private let reactor: Reactor

    /// Starts the workers, one after the other, then the thread that reads for them.
    init(workers: Int, starter: WorkerStarter, companions: WorkCompanions) throws(StartFailure) {
        self.starter = starter
        notices = NoticeDesk(companions)
        do { reactor = try Reactor() } catch { throw .system(error) }
        state.withLock { $0.machine.expectStarts(workers) }
        do {
            for _ in 1...workers { try adopt(starter.start()) }
            try startReading()
        } catch {
            // The links that go with this object kill and reap their workers.
            state.withLock { $0.links = [:] }
            throw error
        }
    }

    private func startReading() throws(StartFailure) {
        do { try reactor.startThread(named: "mp.pool") } catch { throw .system(error) }
    }

    var processIdentifiers: [Int32] { state.withLock { $0.links.values.map(\.processIdentifier) } }

    // MARK: Events

    func submit(_ work: PendingWork) -> WorkTicket {
        let submitted = state.withLock { state -> (Machine.WorkID, [Machine.Action])? in
            guard let (id, actions) = state.machine.submit() else { return nil }
            state.works[id] = work
            return (id, actions)
        }
        guard let (id, actions) = submitted else {
            work.completion(.failure(.poolIsShutDown))
            return .none
        }
        perform(actions)
        return WorkTicket { [weak self] in
            guard let self else { return }
            perform(state.withLock { $0.machine.cancel(id) })
        }
    }

    func shutDown(_ mode: ShutDownMode) { perform(state.withLock { $0.machine.shutDown(mode) }) }

    /// Waits until the last worker is gone.
    func end() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.machine.hasEnded { state.waiters.append(continuation) }
                return state.machine.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func adopt(_ link: WorkerLink) throws(StartFailure) {
        let id = state.withLock { state in
            state.lastWorker += 1
            state.links[state.lastWorker] = link
            return state.lastWorker
        }
        do {
            // The handler holds this storage until the worker's end has come: a pool may be dropped before.
            try link.attach(to: reactor) { [self] event in handle(event, of: id) }
        } catch {
            state.withLock { _ = $0.links.removeValue(forKey: id) }
            throw .system(error)
        }
        perform(state.withLock { $0.machine.workerStarted(id) })
    }

    private func handle(_ event: WorkerLink.Event, of worker: Machine.WorkerID) {
        switch event {
        case .frame(let frame) where frame.kind == .notice:
            if let link = link(worker) { notices.put(frame.payload, from: link.processIdentifier) }
            notices.handle()
        case .frame(let frame):
            let (work, actions) = state.withLock { state -> (PendingWork?, [Machine.Action]) in
                guard let (id, actions) = state.machine.answered(worker) else { return (nil, []) }
                return (state.works.removeValue(forKey: id), actions)
            }
            // The worker's next work first: it waits, the completion's receiver does not.
            perform(actions)
            work?.completion(.success(WorkReply(frame)))
        case .ended(let record, let tail):
            let (link, actions) = state.withLock {
                ($0.links.removeValue(forKey: worker), $0.machine.workerEnded(worker))
            }
            guard let link else { return }
            perform(actions) { name in
                CrashReport(
                    work: name, processIdentifier: link.processIdentifier, record: record, standardErrorTail: tail)
            }
        }
    }

    // MARK: Actions

    private func perform(_ actions: [Machine.Action], report: ((String) -> CrashReport)? = nil) {
        if let report { state.withLock { $0.lastReport = report("nothing") } }
        for action in actions {
            switch action {
            case .send(let work, let worker):
                let (link, request) = state.withLock { ($0.links[worker], $0.works[work]?.takeRequest()) }
                if let link, let request { link.send(request) }
            case .startWorker: startWorker()
            case .stop(let worker): link(worker)?.send(Frame.empty(.stop))
            case .kill(let worker): link(worker)?.signal(Signal.kill)
            case .fail(let work, let fate): fail(work, fate, report)
            case .end: finish()
            }
        }
    }

    private func link(_ worker: Machine.WorkerID) -> WorkerLink? { state.withLock { $0.links[worker] } }

    private func startWorker() {
        do {
            try adopt(starter.start())
        } catch {
            perform(
                state.withLock { state in
                    state.lastStartFailure = error
                    return state.machine.startFailed()
                })
        }
    }

    private func fail(_ id: Machine.WorkID, _ fate: Machine.Fate, _ report: ((String) -> CrashReport)?) {
        let (found, lastReport, startFailure) = state.withLock {
            ($0.works.removeValue(forKey: id), $0.lastReport, $0.lastStartFailure)
        }
        guard let work = found else { return }
        let failure: WorkFailure =
            switch fate {
            case .cancelled: .cancelled
            case .shutDown: .poolIsShutDown
            case .died: report.map { .died($0(work.name())) } ?? .poolIsShutDown
            case .broken: lastReport.map { .poolIsBroken($0) } ?? .poolIsShutDown
            case .notStarted: startFailure.map { .notStarted($0) } ?? .poolIsShutDown
            }
        work.completion(.failure(failure))
    }

    private func finish() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        reactor.stop()
        for waiter in waiters { waiter.resume() }
    }
}
