// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Runs `body` so that Ctrl-C (SIGINT) or SIGTERM cancels it, and the second of them ends the program at once.
///
/// Workers never get the terminal's Ctrl-C: each leads a process group of its own. This program does, and by default
/// dies of it, and its workers with it. Within this function the first signal cancels the task that `body` runs in, whose
/// pools then end their workers on the way out. After that both signals have their default action, whatever `body`
/// is doing.
///
///     do {
///         try await withInterruptHandling {
///             try await withWorkerPool(.processes(4)) { pool in … }
///         }
///     } catch let interrupted as Interrupted {
///         interrupted.endProgram()
///     }
///
/// It does not stop code that ignores its cancellation, and takes no other signal: a hang-up ends the program at once.
/// A signal that the program ignores, as a shell's background job does, stays ignored. A handler of the program's own
/// is out of use until `body` has ended. Calls may be nested and at the same time: the first signal cancels all of
/// them. The first call opens one descriptor, which stays open.
///
/// - Parameter body: Runs in a task of its own, which is cancelled with the caller's, too.
/// - Returns: What `body` returns, also after a signal: a part of a result may be better than none.
/// - Throws: What `body` throws, or `Interrupted` with it if a signal had come before; `SystemError` when no descriptor
///   is left, before `body` is called.
/// - SeeAlso: `withWorkerPool(_:_:)`, which ends its workers when its task is cancelled.
public func withInterruptHandling<Result: Sendable>(
    _ body: sending @escaping @isolated(any) () async throws -> Result
) async throws -> Result {
    try InterruptHandling.begin()
    let running = Task(operation: body)
    let listener = InterruptHandling.Listener { running.cancel() }
    let result = await withTaskCancellationHandler {
        await running.result
    } onCancel: {
        running.cancel()
    }
    listener.end()
    let signal = InterruptHandling.end()
    do {
        return try result.get()
    } catch {
        guard let signal else { throw error }
        throw Interrupted(signal: signal, error: error)
    }
}

/// What was under way in `withInterruptHandling(_:)` was cancelled by a signal.
public struct Interrupted: Error, CustomStringConvertible {
    /// The signal that came first: SIGINT or SIGTERM.
    public let signal: Int32

    /// What the cancelled body threw, most often a `CancellationError` or `WorkFailure.cancelled`.
    public let error: any Error

    /// Ends this program by the same signal, now: a shell, `make` or a service manager sees what it was, and stops as
    /// well. Nothing is flushed, and no function of `atexit` is called.
    public func endProgram() -> Never { ProgramEnd.end(by: signal) }

    public var description: String { "interrupted by \(SignalName.of(signal)): \(error)" }
}
