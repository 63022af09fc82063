// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The works of one iteration that are under way: how many may be, which they are, what has arrived of them.
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

    /// Works that have not been handed out, and their sizes, by place from `start` on.
    @usableFromInline var underway: [W?] = []
    @usableFromInline var sizes: [Int] = []
    @usableFromInline var start = 0
    @usableFromInline var next = 0
    @usableFromInline var count = 0
    @usableFromInline var byteCount = 0
    /// The batch that is being handed out.
    @usableFromInline var batch: [WorkArrival] = []
    @usableFromInline var place = 0
    /// What is left of outputs that came together, and the place of the first of them.
    @usableFromInline var records: ArraySlice<UInt8> = []
    @usableFromInline var recordIndex = 0

    @inlinable init(pool: any SubmittingPool, lookAhead: Int?, options: WorkOptions) {
        self.pool = pool
        self.lookAhead = lookAhead
        self.options = options
        iteration = WorkIteration(pool)
    }

    /// Whether everything that was submitted has been handed out.
    @inlinable var isOver: Bool { count == 0 }

    /// Rule 2.
    @inlinable var wantsMore: Bool {
        let most = most
        return most - count >= max(1, min(most / 2, most - 2 * pool.workerCount))
    }

    /// Rule 1: how many to submit now.
    @inlinable var room: Int {
        guard count == 0 || byteCount < options.lookAheadBytes else { return 0 }
        // A few first, to see how large they are.
        guard next > 0 else { return min(most, 2 * pool.workerCount) }
        // By the size of those before; one is always let in.
        let usualSize = max(1, byteCount / max(1, count))
        return min(most - count, max(1, (options.lookAheadBytes - byteCount) / usualSize))
    }

    @inlinable var most: Int { lookAhead ?? pool.usualWindow(options) }

    @inlinable mutating func submit(_ works: [W]) {
        guard !works.isEmpty else { return }
        let sizes = pool.submit(works, from: next, options, to: iteration.inbox)
        next += works.count
        count += works.count
        for work in works { underway.append(work) }
        self.sizes += sizes
        byteCount += sizes.reduce(0, +)
    }

    /// The next outcome of the batch.
    @inlinable mutating func takeArrived() -> WorkOutcome<W>? {
        if let index = nextRecordIndex() {
            guard let work = underway[index - start] else { return nil }
            settle(index)
            do {
                return WorkOutcome(index: index, work: work, result: .success(try takeRecord()))
            } catch {
                return WorkOutcome(index: index, work: work, result: .failure(error))
            }
        }
        guard let arrival = nextArrival(), let work = underway[arrival.index - start] else { return nil }
        settle(arrival.index)
        // Decoded here, in the asking task.
        return WorkOutcome(index: arrival.index, work: work, result: arrival.result(of: type))
    }

    /// The same without the work: the place and the output.
    @inlinable mutating func takeOutput(into outputs: inout [W.Output?]) throws(WorkFailure) -> Bool {
        while let index = nextRecordIndex() {
            settle(index)
            while outputs.count <= index { outputs.append(nil) }
            outputs[index] = try takeRecord()
        }
        guard let arrival = nextArrival() else { return false }
        settle(arrival.index)
        while outputs.count <= arrival.index { outputs.append(nil) }
        outputs[arrival.index] = try arrival.output(of: type)
        return true
    }

    /// The place of the next output of those that came together, if there are any.
    @inlinable mutating func nextRecordIndex() -> Int? {
        if records.isEmpty {
            guard place < batch.count, case .outputs(let body) = batch[place].outcome else { return nil }
            records = body.bytes
            recordIndex = batch[place].index
            batch[place].outcome = .nothing
            place += 1
        }
        defer { recordIndex += 1 }
        return recordIndex
    }

    /// That output.
    @inlinable mutating func takeRecord() throws(WorkFailure) -> W.Output {
        let bytes = OutputFrames.takeFirst(&records)
        do {
            return try type.outputCoding.decode(ReceivedBody(bytes: bytes))
        } catch {
            throw .outputNotDecoded(WorkError(error))
        }
    }

    @inlinable mutating func nextArrival() -> WorkArrival? {
        guard place < batch.count else { return nil }
        let arrival = batch[place]
        // What is handed out is not kept here.
        batch[place].outcome = .nothing
        place += 1
        return arrival
    }

    /// A work is no longer under way.
    @inlinable mutating func settle(_ index: Int) {
        underway[index - start] = nil
        count -= 1
        byteCount -= sizes[index - start]
        trim()
    }

    @inlinable mutating func trim() {
        guard count == 0 || underway.count > 4 * (count + 64) else { return }
        var done = 0
        while done < underway.count, underway[done] == nil { done += 1 }
        underway.removeFirst(done)
        sizes.removeFirst(done)
        start += done
    }

    /// Takes what has arrived; false when that is nothing.
    @inlinable mutating func takeBatch() -> Bool {
        batch = iteration.inbox.take()
        place = 0
        return !batch.isEmpty
    }

    /// Waits until something has arrived.
    @inlinable nonisolated(nonsending) func arrival() async { await pool.arrival(in: iteration.inbox) }

    /// Does a work in the caller.
    @inlinable nonisolated(nonsending) mutating func run(_ work: W) async -> WorkOutcome<W> {
        defer { next += 1 }
        do {
            return WorkOutcome(index: next, work: work, result: .success(try await pool.run(work, options: options)))
        } catch {
            return WorkOutcome(index: next, work: work, result: .failure(error))
        }
    }
}
