// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Runs tasks on the thread of an event loop.
///
/// A task that waits for what the loop receives goes on there without waking another thread, which took longer than all
/// else that is done for a small document.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The runtime hands over each job once, and this is its only run. The executor is alive: the closure has it.
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
