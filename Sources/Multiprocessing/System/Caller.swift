// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// Where and when the calling code runs, in terms that mean the same in every process of this machine.
package enum Caller {
    /// The calling thread: a number that no other thread of this machine has or will have. The copy of a thread in a
    /// forked child is another one.
    package static var identity: UInt64 { Identity.currentThread.bits }

    /// The number that the system knows a thread by, of its identity.
    package static func threadNumber(of identity: UInt64) -> Int32 { Identity(bits: identity).number }

    /// This process's number.
    package static var processIdentifier: Int32 { getpid() }

    /// Now, in nanoseconds since some moment that is the same for all processes (`CLOCK_MONOTONIC`).
    package static var nanoseconds: Int64 { mp_monotonic_nanoseconds() }

    /// The date, in seconds since the beginning of 1970.
    package static var secondsSince1970: Int64 { Int64(time(nil)) }
}

/// Processor time, of user and system together.
package enum ProcessorTime {
    /// Of this process and of all children that it has waited for, and theirs likewise.
    package static var nanoseconds: Int64 { of(RUSAGE_SELF) + of(RUSAGE_CHILDREN) }

    /// Waits until this process has no children any more, for at most a second: those that are ending are waited for by other
    /// threads, and their time is counted only afterwards.
    package static func settle() {
        for _ in 0..<5_000 {
            // Nobody is reaped by it; an error means that there is no child.
            if waitid(P_ALL, 0, nil, WEXITED | WNOHANG | WNOWAIT) != 0 { return }
            usleep(200)
        }
    }

    private static func of(_ who: __rusage_who) -> Int64 {
        var usage = rusage()
        // Fills in the local value; an error is possible only for a wrong `who`.
        unsafe getrusage(Int32(who.rawValue), &usage)
        return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
    }

    private static func nanoseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1_000
    }
}
