// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What an attempt at a ring, or a wait for it, came to.
@usableFromInline
enum RingOutcome: Sendable, Equatable {
    /// Done; of a wait: worth another attempt.
    case done
    /// There is no room, or nothing there, at this moment.
    case notNow
    /// Somebody else of the same side is at it, at this moment.
    case busy
    /// Nothing more can be sent; or everything has been received.
    case finished
    /// The other side is gone.
    case disconnected
    case timedOut
    case cancelled
    /// The record has another size than was expected, and has been dropped.
    case wrongSize
    /// What is in the memory cannot have been written by this library.
    case corrupted
    /// The system refused to place or to read a large payload, with this code.
    case failed(code: Int32)
}

/// Places in the protocol at which a process may die: tests let it die at each of them.
enum RingStep: Int, CaseIterable, Sendable {
    case producerHasLock, producerHasReserved, producerHasSpilled, producerHasAdvanced, producerHasCopied
    case producerHasPublished, producerHasReleased, producerHasWoken
    case consumerHasLock, consumerHasSeen, consumerHasCopied, consumerHasTaken, consumerHasPunched
    case consumerHasReleased, consumerHasWoken
    case sleeperHasMarked, sleeperHasWoken, sleeperHasMarkedAgain

    #if DEBUG
        /// Called at every step, in builds for tests only. Set before anything else runs in the process.
        nonisolated(unsafe) static var hook: (@Sendable (RingStep) -> Void)?
    #endif

    /// Costs nothing in a release build.
    @inline(__always)
    static func reached(_ step: @autoclosure () -> RingStep) {
        #if DEBUG
            // Read only, after it was set once by whoever tests.
            if let hook = unsafe hook { hook(step()) }
        #endif
    }
}
