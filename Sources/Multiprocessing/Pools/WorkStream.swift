// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The works of an input on their way through a pool, submitted while their outcomes are taken.
@usableFromInline struct WorkStream<Works: Sequence> where Works.Element: Work {
    @usableFromInline var source: WorkSource<Works>
    @usableFromInline var flow: WorkFlow<Works.Element>

    @inlinable init(_ outcomes: WorkOutcomes<Works>, keepsWorks: Bool) {
        source = WorkSource(outcomes.works)
        flow = WorkFlow(
            pool: outcomes.pool, lookAhead: outcomes.lookAhead, options: outcomes.options, keepsWorks: keepsWorks)
    }

    /// Whether there is a new batch; false at the end of all.
    @inlinable nonisolated(nonsending) mutating func arrivesMore() async -> Bool {
        while true {
            refill()
            if flow.takeBatch() { return true }
            if flow.isOver { return false }
            await flow.arrival()
        }
    }

    /// Puts the outputs of all into their places.
    @inlinable nonisolated(nonsending) mutating func collect(
        into outputs: inout OutputTable<Works.Element.Output>
    ) async throws(WorkFailure) {
        repeat { try flow.takeOutputs(into: &outputs) } while await arrivesMore()
    }

    @inlinable mutating func refill() {
        guard flow.wantsMore else { return }
        while !source.isAtEnd, !Task.isCancelled, flow.room > 0 { flow.submit(source.take(flow.room)) }
    }

    @inlinable nonisolated(nonsending) mutating func runNext() async -> WorkOutcome<Works.Element>? {
        guard !Task.isCancelled, let work = source.take(1).first else { return nil }
        return await flow.run(work)
    }
}

/// The works of an input that have not been taken.
@usableFromInline struct WorkSource<Works: Sequence> where Works.Element: Work {
    /// Of an array, as most inputs are, whole ranges are copied at once.
    @usableFromInline let array: [Works.Element]?
    @usableFromInline var place = 0
    @usableFromInline var iterator: Works.Iterator
    @usableFromInline var isAtEnd = false

    @inlinable init(_ works: Works) {
        array = works as? [Works.Element]
        iterator = works.makeIterator()
    }

    /// The next works, as many as are wanted; fewer at the end.
    @inlinable mutating func take(_ count: Int) -> [Works.Element] {
        if let array {
            let end = min(array.count, place + count)
            defer { place = end }
            isAtEnd = end == array.count
            return place == 0 && isAtEnd ? array : Array(array[place..<end])
        }
        var batch: [Works.Element] = []
        while batch.count < count, let work = iterator.next() { batch.append(work) }
        isAtEnd = batch.count < count
        return batch
    }
}
