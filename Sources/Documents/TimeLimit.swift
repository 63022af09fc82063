// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Runs `body`, and cancels it when it is not done after so many seconds.
///
/// The alarm is a timer of the event loop, which runs anyway; `body` is a child task and stays on the caller's
/// executor.
///
/// - Throws: What `body` throws, or an ``AttemptFailure`` with `.timedOut`.
func withTimeLimit<Result: Sendable>(
    _ seconds: Double, on loop: any EventLoop, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            let alarm = loop.scheduleTask(in: .ofSeconds(seconds)) {}
            do {
                try await withTaskCancellationHandler {
                    try await alarm.futureResult.get()
                } onCancel: {
                    alarm.cancel()
                }
                return nil
            } catch {
                // When the caller is cancelled, this may be the first to say so.
                throw CancellationError()
            }
        }
        // Whichever is second is cancelled, and awaited by the group.
        defer { group.cancelAll() }
        guard let result = try await group.next() ?? nil else {
            throw AttemptFailure.final(.timedOut(afterSeconds: seconds))
        }
        return result
    }
}
