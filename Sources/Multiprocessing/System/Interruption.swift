// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The polite requests to end this process, SIGINT (Ctrl-C) and SIGTERM, held back so that one thread can take them.
///
/// They are blocked and waited for rather than handled: no code of ours runs inside a signal handler, where it could
/// neither lock nor allocate. `dispatchMain()` must not be used beside it, because it lets the main thread take every
/// signal.
@safe package struct Interruption {
    // @safe: a signal set is a plain value.
    private var signals = sigset_t()

    /// Holds back those of the two that this process does not ignore: a job that its shell started in the background
    /// ignores Ctrl-C, and must go on doing so.
    ///
    /// Threads inherit what their creator blocks, so this comes before the first one is started. Children of this
    /// library do not.
    package static func hold() -> Interruption {
        var interruption = Interruption()
        // Each call fills in or changes the one local value.
        unsafe sigemptyset(&interruption.signals)
        for signal in [SIGINT, SIGTERM] where !isIgnored(signal) { unsafe sigaddset(&interruption.signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &interruption.signals, nil)
        return interruption
    }

    /// Blocks the calling thread until one of them arrives, and says which: for ever, if this process ignores both.
    ///
    /// From then on they have their usual effect again on this thread: the next one ends the process at once, whatever
    /// this thread is doing.
    package mutating func wait() -> Int32 {
        var signal: Int32 = 0
        // Both calls read the set and write the one number; an error is possible only for a wrong set.
        unsafe sigwait(&signals, &signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        return signal
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        // Reads the present action into the local value; the other member of the union is the same address.
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        return unsafe action.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
    }
}
