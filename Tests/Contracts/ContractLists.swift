// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension PoolContract {
    /// All lists, one a line. A list that is missing here cannot be checked in a forked process.
    ///
    /// `.gitattributes` lets git keep both sides where two branches add lines.
    static let lists: [[PoolContract]] = [
        everyPool,
        processPool,
        handles,
        handlesOfProcesses,
        mutex,
        mutexOfProcesses,
        recursiveMutex,
        recursiveMutexOfProcesses,
        condition,
        conditionOfProcesses,
        once,
        onceOfProcesses,
        values,
        heap,
        queueWaits,
        queue,
        queueOfProcesses,
        arrays,
        channels,
        channelsOfProcesses,
        semaphore,
        semaphoreOfProcesses,
        event,
        eventOfProcesses,
        barrier,
        barrierOfProcesses,
        readWriteLock,
        readWriteLockOfProcesses,
        mishaps,
        kills,
        trouble,
        mapping,
        awaiting,
        references,
        exits,
        reports,
    ]

    public static let all = lists.flatMap { $0 }

    /// The contract with this sentence: how another program is told which one to check.
    public static func named(_ sentence: String) -> PoolContract? { all.first { $0.description == sentence } }
}
