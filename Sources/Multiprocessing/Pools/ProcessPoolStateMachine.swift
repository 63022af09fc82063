// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which worker has which work, and what to do next: pure, event in, actions out. The time is told by the caller.
///
/// A piece is one work, or a parcel of several that travel together. Actions gather in `actions`, in their order.
///
/// Rules:
/// 1. A worker's pieces are answered in the order in which they were sent. More than the one that it does are sent ahead, so
///    that it never waits for the next; only the first may have begun.
/// 2. A worker that ends fails the work that it had begun and nothing else; what it had not begun goes to others.
/// 3. An ended worker is replaced while it is needed: decided from how many there are, not from who has gone.
/// 4. Workers that end before they have ever answered, with no work begun, several times in a row, break the pool: what
///    waits fails rather than starting processes for ever. The next work tries again.
/// 5. The pool has ended when it was told to and its last worker is gone.
/// 6. A worker without work gets half of what waits at the worker that has the most.
/// 7. Work that must not run on is called away; when its worker has not answered after the grace, its process group is killed.
struct ProcessPoolStateMachine: Sendable {
    typealias WorkID = UInt64
    typealias WorkerID = Int

    /// What the pool was told when it was made. Times in nanoseconds.
    struct Rules: Sendable {
        var workers = 1
        var restarts = RestartPolicy()
        var grace: Int64 = 1_000_000_000
        var mostAttempts = 3
        var mostWorkPerWorker: Int?
        var idleTime: Int64?
        var fewestWorkers = 0
        var hasInitializer = false
    }

    /// How a piece is to be treated.
    struct Piece: Sendable {
        var priority = WorkPriority.normal
        var timeLimit: Int64?
        /// Whether it may be done again after it killed its worker.
        var mayRepeat = false
        /// Whether it is sent only to a worker that has nothing else: it brings descriptors, which must not lie about. Unless
        /// it may be repeated, they are given away with it, and it cannot be sent a second time.
        var needsIdleWorker = false
        /// How many works it still holds.
        var works = 1
        var isParcel = false

        var attempts = 0
        var worker: WorkerID?
        var tag: UInt32 = 0
    }

    enum Action: Equatable {
        case send(WorkID, to: WorkerID, tag: UInt32)
        case initialize(WorkerID, tag: UInt32)
        /// Start a worker and say `workerStarted` or `startFailed`.
        case startWorker
        /// Ask the worker to end in good order.
        case stop(WorkerID)
        /// Kill it and what it started.
        case kill(WorkerID)
        /// Call it away from the work with this tag.
        case callAway(WorkerID, tag: UInt32)
        /// The piece is over: this is the fate of every work in it that has no answer.
        case fail(WorkID, Fate)
        /// The fate of the first work of a parcel that has no answer; the others go on.
        case failFirst(WorkID, Fate)
        /// The last action of all.
        case end
    }

    enum Fate: Equatable {
        case cancelled, shutDown, died, quarantined, deadlineExceeded, broken, failed, notStarted
    }

    enum Phase { case running, finishing, abandoned, failed, ended }

    var rules: Rules
    var phase = Phase.running
    var workers = IndexedTable<Worker>()
    var pieces = PieceTable<Piece>()
    var line = WaitingLine()
    var waitingCount = 0
    /// Those without work, the latest last: its memory is the warmest.
    var idle: [WorkerID] = []
    /// Those that take work, in turn.
    var ready: [WorkerID] = []
    var turn = 0
    /// Pieces that were sent ahead of their turn.
    var surplus = 0
    var starting = 0
    var delayedStarts: [Int64] = []
    var fruitlessStarts = 0
    /// Rule 4: until the next work.
    var isBroken = false
    var ledger: RestartLedger
    /// How long a work runs, smoothed; negative before the first.
    var usualRun: Int64 = -1
    var abandonsAt: Int64?
    /// How often the piece that was ended last had been handed to a worker.
    var lastAttempts = 1
    var actions: [Action] = []
    /// Whether there may be something new to look after: see `nextAlarm`.
    var alarmsChanged = false

    init(_ rules: Rules) {
        self.rules = rules
        ledger = RestartLedger(rules.restarts)
    }

    /// Whether nothing more will happen.
    var hasEnded: Bool { phase == .ended }

    mutating func takeActions() -> [Action] {
        guard !actions.isEmpty else { return [] }
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Work

    /// New work; its number, or nil when the pool takes none. `dispatch` sends what was submitted.
    mutating func submit(_ piece: Piece) -> WorkID? {
        guard phase == .running else { return nil }
        if isBroken {
            isBroken = false
            fruitlessStarts = 0
        }
        let work = pieces.add(piece)
        line.append(work, piece.priority)
        waitingCount += 1
        return work
    }

    /// Takes a piece back, wherever it is.
    /// - Parameter recall: Takes it from the worker; false when it has begun there.
    mutating func cancel(
        _ work: WorkID, alsoRunning: Bool = true, at now: Int64, _ recall: (WorkerID, UInt32) -> Bool
    ) {
        guard let piece = pieces[work] else { return }
        guard let worker = piece.worker else { return drop(work, .cancelled, at: now) }
        if recall(worker, piece.tag) {
            forget(work, in: worker)
            waitingCount += 1
            drop(work, .cancelled, at: now)
        } else if alsoRunning {
            callAway(worker, because: .cancelled, at: now, recall)
        }
    }

    /// Ends a piece that waits.
    private mutating func drop(_ work: WorkID, _ fate: Fate, at now: Int64) {
        pieces.remove(work)
        waitingCount -= 1
        actions.append(.fail(work, fate))
        settle(at: now)
    }

    mutating func failAllWaiting(_ fate: Fate) {
        while let work = nextWaiting() {
            pieces.remove(work)
            actions.append(.fail(work, fate))
        }
    }

    /// The next piece of the line, which is taken out of it.
    mutating func nextWaiting() -> WorkID? {
        guard waitingCount > 0 else { return nil }
        let next = line.popFirst { number in
            guard let piece = pieces[number] else { return false }
            return piece.worker == nil
        }
        if next != nil { waitingCount -= 1 }
        return next
    }

    /// Puts a piece back to the head of the line.
    mutating func putBack(_ work: WorkID) {
        guard let piece = pieces[work] else { return }
        pieces[work]?.worker = nil
        line.putBack(work, piece.priority)
        waitingCount += 1
    }
}
