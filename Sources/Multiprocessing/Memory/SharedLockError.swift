// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why a body did not run under a shared lock, or how it failed there.
///
/// `BodyError` is what the body throws: `Never` for one that does not throw, so that a `switch` over the other cases is
/// complete.
public enum SharedLockError<BodyError: Error>: Error {
    /// A thread died, with its process or alone, while it held the lock, and nobody has repaired since what the lock
    /// guards. The lock is free, and what it guards is as the dead left it.
    ///
    /// `thread` is the number by which the system knew it; that of a main thread is its process's.
    case ownerDied(thread: Int32)

    /// The time was over before the lock could be had, or before what was waited for came.
    case timedOut

    /// The waiting task was cancelled; never from a blocking form.
    case cancelled

    /// The body ran and threw. What it had changed by then stays changed.
    case body(BodyError)
}

extension SharedLockError: Equatable where BodyError: Equatable {}
extension SharedLockError: Hashable where BodyError: Hashable {}

extension SharedLockError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ownerDied(let thread):
            """
            could not use what a shared lock guards: thread \(thread) died while it held the lock; repair the state first \
            (repair, or withLock(repairing:))
            """
        case .timedOut: "could not get a shared lock, or what was waited for with it, in time"
        case .cancelled: "stopped waiting for a shared lock: the task was cancelled"
        case .body(let error): "\(error)"
        }
    }
}
