// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// The signals that the calling thread does not take, and that the threads that it starts will not.
struct SignalMask {
    private var before = sigset_t()

    /// Blocks everything that comes from outside; what a thread does to itself is not to be blocked.
    static func blockingAll() -> SignalMask {
        var (mask, all) = (SignalMask(), sigset_t())
        // All calls work on the two local values.
        unsafe sigfillset(&all)
        for own in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { unsafe sigdelset(&all, own) }
        unsafe pthread_sigmask(SIG_SETMASK, &all, &mask.before)
        return mask
    }

    /// As it was before.
    func restore() {
        var before = before
        // Reads the local value.
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
