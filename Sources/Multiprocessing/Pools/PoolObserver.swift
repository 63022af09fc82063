// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Is told what happens in a pool of processes, for logs and metrics.
///
/// It is called on the pool's own thread, or on that of a task that submits, in the order of events of each piece of
/// work and each worker: it must be quick and must not wait for the pool.
public protocol PoolObserver: Sendable {
    /// Takes notice of an event.
    func observe(_ event: PoolEvent)
}

/// Something that happened in a pool.
public enum PoolEvent: Sendable {
    /// Work was accepted and waits for a worker.
    case workSubmitted(WorkDescription)

    /// A worker got the work, after it had waited for so long; again for each further attempt.
    case workStarted(WorkDescription, waited: Duration)

    /// The work has ended, with this failure if there is one; `ran` is zero when no worker ever got it.
    case workEnded(WorkDescription, ran: Duration, failure: WorkFailure?)

    /// A worker is there; `isReplacement` when it stands in for one that was lost or retired.
    case workerStarted(processIdentifier: Int32, isReplacement: Bool)

    /// A worker is gone.
    case workerEnded(processIdentifier: Int32, status: ExitStatus, reason: WorkerEndReason)
}

/// Which piece of work an event is about.
public struct WorkDescription: Sendable, Hashable {
    /// Its number in the pool, from 0 in the order of submission.
    public let number: UInt64

    /// Its type, fully qualified.
    public let typeName: String

    /// How often it was handed to a worker so far.
    public let attempt: Int
}

/// Why a worker of a pool ended.
public enum WorkerEndReason: String, Sendable, Hashable {
    /// By itself or by somebody else, against the pool's will.
    case lost
    /// The pool ended it with its work, past a deadline or because it was cancelled.
    case stoppedWork
    /// It had done as much work, or had grown as large, as it may.
    case recycled
    /// It had nothing to do, or the pool was made smaller.
    case retired
    /// The pool was shut down.
    case shutDown
}
