// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The works of one iteration that are under way: how many may be, which they are, what has arrived of them.
///
/// Rules:
/// 1. No more are submitted and not handed out than the look-ahead allows, in number and in bytes; without a number, as many
///    as keep the workers busy, found out from how long the works run.
/// 2. They are submitted in batches, when a good part of the look-ahead is free: one message for each wakes somebody for
///    each. There are always two for each worker, if there are that many.
struct WorkFlow<W: Work>: Sendable {
    let pool: any SubmittingPool
    private let lookAhead: Int?
    private let options: WorkOptions
    private let iteration: WorkIteration<W>

    /// Works that have not been handed out, and their sizes, by place from `start` on.
    private var underway: [(work: W, byteCount: Int)?] = []
    private var start = 0
    private var next = 0
    private var count = 0
    private var byteCount = 0
    /// The batch that is being handed out.
    private var batch: [WorkInbox<W>.Arrival?] = []
    private var place = 0

    init(pool: any SubmittingPool, lookAhead: Int?, options: WorkOptions) {
        self.pool = pool
        self.lookAhead = lookAhead
        self.options = options
        iteration = WorkIteration(pool)
    }

    /// Whether everything that was submitted has been handed out.
    var isOver: Bool { count == 0 }

    /// Rule 2.
    var wantsMore: Bool {
        let most = most
        return most - count >= max(1, min(most / 2, most - 2 * pool.workerCount))
    }

    /// Rule 1: how many to submit now.
    var room: Int {
        guard count == 0 || byteCount < options.lookAheadBytes else { return 0 }
        // A few first, to see how large they are.
        guard next > 0 else { return min(most, 2 * pool.workerCount) }
        // By the size of those before; one is always let in.
        let usualSize = max(1, byteCount / max(1, count))
        return min(most - count, max(1, (options.lookAheadBytes - byteCount) / usualSize))
    }

    private var most: Int { lookAhead ?? pool.usualWindow(options) }

    mutating func submit(_ works: [W]) {
        guard !works.isEmpty else { return }
        let sizes = pool.submit(works, from: next, options, to: iteration.inbox)
        next += works.count
        count += works.count
        for (work, size) in zip(works, sizes) {
            underway.append((work, size))
            byteCount += size
        }
    }

    /// The next outcome of the batch.
    mutating func takeArrived() -> WorkOutcome<W>? {
        guard place < batch.count else { return nil }
        // What is handed out is not kept here.
        guard let arrival = batch[place], let (work, size) = underway[arrival.index - start] else { return nil }
        batch[place] = nil
        place += 1
        underway[arrival.index - start] = nil
        count -= 1
        byteCount -= size
        trim()
        // Decoded here, in the asking task.
        return WorkOutcome(index: arrival.index, work: work, result: arrival.completion.result)
    }

    private mutating func trim() {
        guard count == 0 || underway.count > 4 * (count + 64) else { return }
        let done = underway.prefix { $0 == nil }.count
        underway.removeFirst(done)
        start += done
    }

    /// Takes what has arrived; false when that is nothing.
    mutating func takeBatch() -> Bool {
        batch = iteration.inbox.take()
        place = 0
        return !batch.isEmpty
    }

    /// Waits until something has arrived.
    nonisolated(nonsending) func arrival() async {
        let (pool, inbox) = (pool, iteration.inbox)
        if !Task.isCancelled { pool.look { !inbox.isEmpty } }
        guard inbox.isEmpty else { return }
        await withTaskCancellationHandler {
            await inbox.arrival()
        } onCancel: {
            pool.takeBack(inbox, alsoRunning: true)
        }
    }

    /// Does a work in the caller.
    nonisolated(nonsending) mutating func run(_ work: W) async -> WorkOutcome<W> {
        defer { next += 1 }
        do {
            return WorkOutcome(index: next, work: work, result: .success(try await pool.run(work, options: options)))
        } catch {
            return WorkOutcome(index: next, work: work, result: .failure(error))
        }
    }
}
