// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A work that runs in a task of this process, for as long as it may: politely, since nothing else can be done.
struct TimedRun<W: Work>: Sendable {
    private let limit: Duration

    init(_ limit: Duration) { self.limit = limit }

    /// Does the work; when it has run too long, its task is cancelled, and its end, whatever it is, comes too late.
    func run(_ work: W) async -> OwnCompletion<W> {
        let began = Deadline.now
        return await withTaskGroup(of: OwnCompletion<W>?.self) { [limit] group in
            group.addTask {
                await OwnCompletion(of: work)
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            _ = await group.next()
            let ran = Duration.nanoseconds(Deadline.now.nanoseconds - began.nanoseconds)
            return .failure(Task.isCancelled ? .cancelled : .deadlineExceeded(ran: ran))
        }
    }
}
