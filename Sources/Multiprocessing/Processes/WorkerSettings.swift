// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The surroundings that a worker process is given, the same under every start method.
///
/// A setting that is not made is as the start method leaves it: see the table in <doc:ChoosingAStartMethod>.
public struct WorkerSettings: Sendable {
    /// Everything as the start method leaves it.
    public init() {}

    /// What becomes of what the worker writes to its standard output and standard error.
    public var output = WorkerOutput.passedThrough

    /// Whether a worker that crashes (by a trap, an invalid access or `abort`) says where, which then is its report's
    /// `CrashReport.backtrace`.
    ///
    /// It costs some microseconds at the worker's start and under a millisecond at its crash. Signal handlers that the
    /// work installs take precedence, and so does the language's own backtracer where `SWIFT_BACKTRACE` turns it on. Not
    /// recorded under `WorkerOutput.inherited`, under a sanitizer, and with glibc before 2.35.
    public var recordsBacktraces = true

    /// What the worker is told.
    var workerRecordsCrashes: Bool {
        if case .inherited = output { return false }
        return recordsBacktraces
    }
}
