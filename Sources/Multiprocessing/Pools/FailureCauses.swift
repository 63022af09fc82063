// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What is known of why work fails that no worker has.
struct FailureCauses: Sendable {
    /// Whether somebody wants to know what happens.
    var isObserved = false
    /// How large a worker may be after its work, in bytes.
    var memoryLimit: Int?
    /// How the last worker ended.
    var lastReport: CrashReport?
    var startFailure: StartFailure?
    var initializerFailure: WorkFailure?

    /// The failure that stands for a fate.
    /// - Parameters:
    ///   - report: The end of the worker that had the work, if that is the cause.
    ///   - ran: How long it ran.
    func failure(_ fate: ProcessPoolStateMachine.Fate, _ report: CrashReport?, ran: Duration) -> WorkFailure {
        switch fate {
        case .cancelled: .cancelled
        case .shutDown: .poolIsShutDown
        case .died: report.map { .died($0) } ?? .poolIsShutDown
        case .quarantined: report.map { .quarantined($0) } ?? .poolIsShutDown
        case .deadlineExceeded: .deadlineExceeded(ran: ran)
        case .broken: brokenPool
        case .failed: initializerFailure.map { .initializerFailed($0) } ?? brokenPool
        case .notStarted: startFailure.map { .notStarted($0) } ?? .poolIsShutDown
        }
    }

    private var brokenPool: WorkFailure { lastReport.map { .poolIsBroken($0) } ?? .poolIsShutDown }
}
