// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Multiprocessing
public import ServiceLifecycle

/// A pool as a service: it runs until its service group shuts down, and ends its workers then.
///
///     let pool = try ProcessPool(workers: 4)
///     let group = ServiceGroup(
///         services: [WorkerPoolService(pool), server], gracefulShutdownSignals: [.sigterm], logger: logger)
///     try await group.run()
///
/// A group shuts its services down in the reverse of their order: put the pool before those that use it, and it
/// ends last.
public struct WorkerPoolService<Pool: WorkerPool>: Service {
    /// The pool, whose work may be submitted by everybody who has it.
    public let pool: Pool

    /// Takes over the end of this pool; nobody else has to shut it down.
    public init(_ pool: Pool) { self.pool = pool }

    /// Waits for the end and carries it out. The pool works before this is called, too.
    ///
    /// On graceful shutdown all accepted work is finished first; new work fails with `WorkFailure.poolIsShutDown`. When
    /// the task is cancelled, be it instead or meanwhile (`maximumGracefulShutdownDuration` does so), what
    /// waits fails and what runs in a process is killed; what runs in a thread is waited for. No worker is left when
    /// this returns or throws.
    ///
    /// - Throws: `CancellationError` when the task was cancelled before the pool had finished.
    public func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            await pool.shutDown(.abandoning)
            throw error
        }
        await withTaskCancellationHandler {
            await pool.shutDown(.finishing)
        } onCancel: {
            // The handler may not wait; the call above does, for the same end.
            Task { await pool.shutDown(.abandoning) }
        }
        try Task.checkCancellation()
    }
}
