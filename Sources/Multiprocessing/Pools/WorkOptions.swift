// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How one piece of work, or each of a sequence, is to be treated.
public struct WorkOptions: Sendable, Hashable {
    /// How long it may run, from the moment when a worker begins it; nil for the pool's own limit, or none.
    ///
    /// When it is over, the work's task is cancelled; if the work has not ended after the pool's grace, the worker process and
    /// everything that it started is killed and replaced. Either way the work fails with
    /// `WorkFailure.deadlineExceeded(ran:)`. A thread cannot be killed: there the work runs on until it heeds its
    /// cancellation.
    public var timeLimit: Duration?

    /// Its place among what waits.
    public var priority: WorkPriority

    /// Whether several pieces of a sequence may travel in one message. It changes nothing but the speed: each has its own
    /// outcome, and a crash fails the one that ran.
    public var batching: WorkBatching

    /// How many bytes of a sequence's encoded works are on their way at any time, about; at least one work is. 16 MiB if not
    /// given.
    public var lookAheadBytes: Int

    /// The usual treatment, or another.
    public init(
        timeLimit: Duration? = nil, priority: WorkPriority = .normal, batching: WorkBatching = .automatic,
        lookAheadBytes: Int = 16 << 20
    ) {
        self.timeLimit = timeLimit
        self.priority = priority
        self.batching = batching
        self.lookAheadBytes = lookAheadBytes
    }
}

/// Which of the pieces of work that wait is begun first. It never interrupts what runs.
public enum WorkPriority: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// After all others.
    case low
    /// In the order of submission.
    case normal
    /// Before all others.
    case high

    public static func < (left: WorkPriority, right: WorkPriority) -> Bool { left.rawValue < right.rawValue }
}

/// How the pieces of a sequence travel to worker processes.
public enum WorkBatching: Sendable, Hashable {
    /// Alone at first; together, as many as run in about a tenth of a millisecond, when they turn out to be that short.
    case automatic
    /// Each in a message of its own.
    case none
}
