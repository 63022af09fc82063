// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What every pool of this library can do beneath its public face.
@usableFromInline protocol SubmittingPool: WorkerPool {
    /// Whether work runs in the caller, one piece at a time, so that looking ahead would mean to run ahead.
    var runsInCaller: Bool { get }

    /// Accepts works, whose places begin at `first`; each has exactly one arrival in the inbox, on any thread, possibly
    /// before this returns. Answers how many bytes each takes on its way.
    func submit<W: Work>(_ works: [W], from first: Int, _ options: WorkOptions, to inbox: WorkInbox) -> [Int]

    /// Takes back what waits, and on demand calls workers away from what runs, of this inbox. It arrives as cancelled.
    func takeBack(_ inbox: WorkInbox, alsoRunning: Bool)

    /// Looks for arrivals for a moment, where that is likely to be quicker than to wait. Who was not done then waits, and
    /// says when it has.
    func look(until isDone: () -> Bool)

    /// Somebody who was not done has waited.
    func hasWaited()

    /// How many works of a sequence are to be under way if nobody says.
    func usualWindow(_ options: WorkOptions) -> Int
}

extension SubmittingPool {
    @usableFromInline func look(until isDone: () -> Bool) {}

    @usableFromInline func hasWaited() {}

    @usableFromInline func usualWindow(_ options: WorkOptions) -> Int { 2 * workerCount }

    /// Waits until something has arrived; a task that is cancelled takes everything back.
    @usableFromInline nonisolated(nonsending) func arrival(in inbox: WorkInbox) async {
        var isThere = !inbox.isEmpty
        guard !isThere else { return }
        look {
            isThere = !inbox.isEmpty
            return isThere
        }
        guard !isThere else { return }
        await withTaskCancellationHandler {
            await inbox.arrival()
        } onCancel: {
            takeBack(inbox, alsoRunning: true)
        }
        hasWaited()
    }

    /// Submits and waits: `run` for pools whose workers are elsewhere.
    nonisolated(nonsending) func submitAndWait<W: Work>(_ work: W, _ options: WorkOptions) async throws(WorkFailure)
        -> W.Output
    {
        if Task.isCancelled { throw .cancelled }
        let inbox = WorkInbox()
        _ = submit([work], from: 0, options, to: inbox)
        await arrival(in: inbox)
        guard let arrival = inbox.take().first else { preconditionFailure("an arrival without anything that arrived") }
        return try arrival.output(of: WorkType<W>.known)
    }
}
