// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which worker has which work, and what to do next: pure, event in, actions out.
///
/// Rules:
/// 1. A worker holds at most one piece of work, and only this machine knows which.
/// 2. A worker that ends fails the work that it held and nothing else.
/// 3. An ended worker is replaced while the pool runs, or finishes with work still waiting.
/// 4. Workers that end before they have ever answered, with no work in hand, three times in a row, break the pool: what
///    waits fails rather than starting processes for ever.
/// 5. The pool has ended when it was told to and its last worker is gone.
struct ProcessPoolStateMachine: Sendable {
    typealias WorkID = UInt64
    typealias WorkerID = Int

    enum Action: Equatable {
        case send(WorkID, to: WorkerID)
        /// Start a worker and say `workerStarted` or `startFailed`.
        case startWorker
        /// Ask the worker to end in good order.
        case stop(WorkerID)
        case kill(WorkerID)
        /// The work's fate, when it is not an answer.
        case fail(WorkID, Fate)
        /// The last action of all.
        case end
    }

    enum Fate: Equatable {
        case cancelled, shutDown, died, broken, notStarted
    }

    private enum Phase { case running, finishing, abandoned, ended }

    private struct Worker {
        var work: WorkID?
        var hasAnswered = false
        var isStopping = false
    }

    static let mostIdleDeaths = 3

    private var phase = Phase.running
    private var workers: [WorkerID: Worker] = [:]
    private var idle: [WorkerID] = []
    private var waiting = WorkQueue<Void>()
    private var starting = 0
    private var idleDeaths = 0

    /// Whether nothing more will happen.
    var hasEnded: Bool { phase == .ended }

    // MARK: Work

    /// New work; its number, or nil when the pool takes none.
    mutating func submit() -> (WorkID, [Action])? {
        guard phase == .running else { return nil }
        let work = waiting.append(())
        if workers.isEmpty, starting == 0 {
            // Every worker was lost and could not be replaced at the time: try again for this one.
            idleDeaths = 0
            starting += 1
            return (work, [.startWorker])
        }
        return (work, dispatch())
    }

    mutating func cancel(_ work: WorkID) -> [Action] {
        waiting.remove(work) == nil ? [] : [.fail(work, .cancelled)] + stopIfFinished()
    }

    /// A worker has answered; the work that it held, or nil if it held none.
    mutating func answered(_ worker: WorkerID) -> (WorkID, [Action])? {
        guard let work = workers[worker]?.work else { return nil }
        workers[worker]?.work = nil
        workers[worker]?.hasAnswered = true
        idleDeaths = 0
        idle.append(worker)
        return (work, dispatch() + stopIfFinished())
    }

    /// What a worker holds.
    func work(of worker: WorkerID) -> WorkID? { workers[worker]?.work }

    private mutating func dispatch() -> [Action] {
        var actions: [Action] = []
        // The latest idle worker first: its memory is the warmest.
        while !waiting.isEmpty, let worker = idle.popLast() {
            guard let (work, _) = waiting.popFirst() else { break }
            workers[worker]?.work = work
            actions.append(.send(work, to: worker))
        }
        return actions
    }

    // MARK: Workers

    mutating func expectStarts(_ count: Int) { starting += count }

    mutating func workerStarted(_ worker: WorkerID) -> [Action] {
        starting -= 1
        workers[worker] = Worker()
        if phase == .abandoned { return [.kill(worker)] }
        idle.append(worker)
        return dispatch() + stopIfFinished()
    }

    mutating func startFailed() -> [Action] {
        starting -= 1
        // Others may go on with what waits; without any, it would wait for ever.
        guard workers.isEmpty, starting == 0 else { return [] }
        return waiting.removeAllNumbers().map { .fail($0, .notStarted) } + endIfDone()
    }

    mutating func workerEnded(_ id: WorkerID) -> [Action] {
        guard let worker = workers.removeValue(forKey: id) else { return [] }
        idle.removeAll { $0 == id }
        var actions: [Action] = []
        if let work = worker.work {
            actions.append(.fail(work, phase == .abandoned ? .shutDown : .died))
        } else if !worker.hasAnswered, !worker.isStopping {
            idleDeaths += 1
        }
        if idleDeaths >= Self.mostIdleDeaths { return actions + breakDown() }
        let isNeeded = phase == .running || (phase == .finishing && !waiting.isEmpty)
        if isNeeded {
            starting += 1
            return actions + [.startWorker]
        }
        return actions + stopIfFinished()
    }

    /// Rule 4.
    private mutating func breakDown() -> [Action] {
        waiting.removeAllNumbers().map { .fail($0, .broken) } + endIfDone()
    }

    // MARK: Ending

    mutating func shutDown(_ mode: ShutDownMode) -> [Action] {
        guard phase == .running || (phase == .finishing && mode == .abandoning) else { return [] }
        switch mode {
        case .finishing:
            phase = .finishing
            return stopIfFinished()
        case .abandoning:
            phase = .abandoned
            let abandoned = waiting.removeAllNumbers().map { Action.fail($0, .shutDown) }
            return abandoned + workers.keys.sorted().map { .kill($0) } + endIfDone()
        }
    }

    private mutating func stopIfFinished() -> [Action] {
        guard phase == .finishing, waiting.isEmpty else { return phase == .running ? [] : endIfDone() }
        let toStop = idle
        idle = []
        for worker in toStop { workers[worker]?.isStopping = true }
        return toStop.map { .stop($0) } + endIfDone()
    }

    /// Rule 5.
    private mutating func endIfDone() -> [Action] {
        guard phase == .finishing || phase == .abandoned, workers.isEmpty, starting == 0 else { return [] }
        phase = .ended
        return [.end]
    }
}
