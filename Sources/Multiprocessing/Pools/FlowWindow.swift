// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How many works of one iteration are under way, which, and how large; and what of them has arrived.
///
/// Not generic, so that it is compiled once and does not ask the runtime for anything.
@usableFromInline struct FlowWindow: Sendable {
    /// Of works that have not been handed out, by place from `start` on; negative once they have.
    private var sizes: [Int] = []
    @usableFromInline private(set) var start = 0
    /// The place of the next work to be submitted.
    @usableFromInline private(set) var next = 0
    @usableFromInline private(set) var count = 0
    @usableFromInline private(set) var byteCount = 0
    /// The batch that is being handed out.
    private var batch: [WorkArrival] = []
    private var place = 0
    /// What is left of outputs that came together, and the place of the first of them.
    private var records = OutputFrames()
    private var recordIndex = 0

    @usableFromInline init() {}

    @usableFromInline mutating func add(_ sizes: [Int]) {
        next += sizes.count
        count += sizes.count
        self.sizes += sizes
        byteCount += sizes.reduce(0, +)
    }

    /// One that was done without being submitted.
    @usableFromInline mutating func skip() -> Int {
        defer { next += 1 }
        return next
    }

    /// Takes in what has arrived; false when that is nothing.
    @usableFromInline mutating func take(_ arrivals: [WorkArrival]) -> Bool {
        batch = arrivals
        place = 0
        return !batch.isEmpty
    }

    /// The next output of those that came together, if there are any: its place and its bytes.
    @usableFromInline mutating func nextRecord() -> (index: Int, body: ReceivedBody)? {
        if records.isEmpty {
            guard let (index, frames) = takeFrames() else { return nil }
            records = frames
            recordIndex = index
        }
        guard let bytes = records.next() else { return nil }
        defer { recordIndex += 1 }
        settle(recordIndex..<recordIndex + 1)
        return (recordIndex, ReceivedBody(bytes: bytes))
    }

    /// Outputs that came together, none of them handed out.
    @usableFromInline mutating func nextRecords() -> (index: Int, frames: OutputFrames)? {
        guard let (index, frames) = takeFrames() else { return nil }
        settle(index..<index + frames.count)
        return (index, frames)
    }

    private mutating func takeFrames() -> (index: Int, frames: OutputFrames)? {
        guard place < batch.count, case .outputs(let frames) = batch[place].outcome else { return nil }
        // What is handed out is not kept here.
        batch[place].outcome = .nothing
        place += 1
        return (batch[place - 1].index, frames)
    }

    /// The next that came alone.
    @usableFromInline mutating func nextArrival() -> WorkArrival? {
        guard place < batch.count else { return nil }
        let arrival = batch[place]
        batch[place].outcome = .nothing
        place += 1
        settle(arrival.index..<arrival.index + 1)
        return arrival
    }

    /// Works that are no longer under way.
    private mutating func settle(_ indices: Range<Int>) {
        for index in indices {
            byteCount -= sizes[index - start]
            sizes[index - start] = -1
        }
        count -= indices.count
        guard count == 0 || sizes.count > 4 * (count + 64) else { return }
        let done = count == 0 ? sizes.count : sizes.firstIndex { $0 >= 0 } ?? sizes.count
        sizes.removeFirst(done)
        start += done
    }
}
