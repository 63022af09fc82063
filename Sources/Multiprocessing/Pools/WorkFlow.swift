// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The works of one iteration that are under way: how many may be, and how they are submitted.
///
/// Rules:
/// 1. No more are submitted and not handed out than the look-ahead allows, in number and in bytes; without a number, as many
///    as keep the workers busy, found out from how long the works run.
/// 2. They are submitted in batches, when a good part of the look-ahead is free: one message for each wakes somebody for
///    each. There are always two for each worker, if there are that many.
@usableFromInline struct WorkFlow<W: Work>: Sendable {
    @usableFromInline let pool: any SubmittingPool
    @usableFromInline let lookAhead: Int?
    @usableFromInline let options: WorkOptions
    @usableFromInline let iteration: WorkIteration
    @usableFromInline let type = WorkType<W>.known
    @usableFromInline var window = FlowWindow()
    /// The works themselves by place, where they are to be handed out with their outcomes.
    @usableFromInline var works: WorksUnderway<W>?

    @inlinable init(pool: any SubmittingPool, lookAhead: Int?, options: WorkOptions, keepsWorks: Bool) {
        self.pool = pool
        self.lookAhead = lookAhead
        self.options = options
        iteration = WorkIteration(pool)
        works = keepsWorks ? WorksUnderway() : nil
    }

    /// Whether everything that was submitted has been handed out.
    @inlinable var isOver: Bool { window.count == 0 }

    /// Rule 2.
    @inlinable var wantsMore: Bool {
        let most = most
        return most - window.count >= max(1, min(most / 2, most - 2 * pool.workerCount))
    }

    /// Rule 1: how many to submit now.
    @inlinable var room: Int {
        let (count, byteCount) = (window.count, window.byteCount)
        guard count == 0 || byteCount < options.lookAheadBytes else { return 0 }
        // A few first, to see how large they are.
        guard window.next > 0 else { return min(most, 2 * pool.workerCount) }
        // By the size of those before; one is always let in.
        let usualSize = max(1, byteCount / max(1, count))
        return min(most - count, max(1, (options.lookAheadBytes - byteCount) / usualSize))
    }

    @inlinable var most: Int { lookAhead ?? pool.usualWindow(options) }

    @inlinable mutating func submit(_ batch: [W]) {
        guard !batch.isEmpty else { return }
        works?.add(batch)
        window.add(pool.submit(batch, from: window.next, options, to: iteration.inbox))
    }

    /// The next outcome of what has arrived; only where the works are kept.
    @inlinable mutating func takeOutcome() -> WorkOutcome<W>? {
        guard let (index, result) = takeResult(), let work = works?.take(index) else { return nil }
        return WorkOutcome(index: index, work: work, result: result)
    }

    /// The same without the work. Decoded here, in the asking task.
    @inlinable mutating func takeResult() -> (index: Int, result: Result<W.Output, WorkFailure>)? {
        if let (index, body) = window.nextRecord() {
            do {
                return (index, .success(try type.outputCoding.decode(body)))
            } catch {
                return (index, .failure(.outputNotDecoded(WorkError(error))))
            }
        }
        guard let arrival = window.nextArrival() else { return nil }
        return (arrival.index, arrival.result(of: type))
    }

    /// Puts all outputs that have arrived into their places.
    @inlinable mutating func takeOutputs(into outputs: inout OutputTable<W.Output>) throws(WorkFailure) {
        while true {
            if let (index, frames) = window.nextRecords() {
                try outputs.put(frames, from: index)
            } else if let arrival = window.nextArrival() {
                outputs.put(try arrival.output(of: type), at: arrival.index)
            } else {
                return
            }
        }
    }

    /// Takes what has arrived; false when that is nothing.
    @inlinable mutating func takeBatch() -> Bool { window.take(iteration.inbox.take()) }

    /// Waits until something has arrived.
    @inlinable nonisolated(nonsending) func arrival() async { await pool.arrival(in: iteration.inbox) }

    /// Does a work in the caller.
    @inlinable nonisolated(nonsending) mutating func run(_ work: W) async -> WorkOutcome<W> {
        let index = window.skip()
        do {
            return WorkOutcome(index: index, work: work, result: .success(try await pool.run(work, options: options)))
        } catch {
            return WorkOutcome(index: index, work: work, result: .failure(error))
        }
    }
}

/// Works that are under way, by their place.
///
/// A work that is handed out is not kept: there may be handles in it, and who waits for the end of a conversation would wait
/// for us.
@usableFromInline struct WorksUnderway<W: Work>: Sendable {
    @usableFromInline var works: [W?] = []
    @usableFromInline var start = 0
    @usableFromInline var count = 0

    @inlinable init() {}

    @inlinable mutating func add(_ batch: [W]) {
        for work in batch { works.append(work) }
        count += batch.count
    }

    @inlinable mutating func take(_ index: Int) -> W? {
        guard let work = works[index - start] else { return nil }
        works[index - start] = nil
        count -= 1
        trim()
        return work
    }

    @inlinable mutating func trim() {
        guard count == 0 || works.count > 4 * (count + 64) else { return }
        var done = 0
        while done < works.count, works[done] == nil { done += 1 }
        works.removeFirst(done)
        start += done
    }
}
