// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// How this program ends itself.
package enum ProgramEnd {
    /// Ends with an exit code, from any thread.
    package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

    /// Ends by this signal's default action, so that a shell or `make` sees what it was and stops, too.
    package static func end(by signal: Int32) -> Never {
        Glibc.signal(signal, SIG_DFL)
        var set = sigset_t()
        // Both calls work on the one local value.
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(signal)
        // Only where the signal's default is not to end: what a shell would have reported.
        _exit(128 + signal)
    }

    /// Ends as a program does whose reader has gone (`program | head`): by SIGPIPE, silently.
    package static func endBecauseReaderHasGone() -> Never { end(by: SIGPIPE) }

    /// Keeps the calling thread for the rest of the process's life, while others work and end it.
    package static func never() -> Never {
        while true { pause() }
    }
}

/// What this process was told by its environment.
package enum Environment {
    /// A variable's value; nil when it is not set.
    package static func value(of name: String) -> String? {
        // Copied at once. Nothing here changes the environment after the start of the program.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

extension SystemError {
    /// Whether what was written to is a pipe or a socket that nobody reads any more.
    package var isBrokenPipe: Bool { code == EPIPE }

    /// The same answer of the system, to what the caller was about to do.
    package func whenAsked(to operation: String) -> SystemError { SystemError(operation, code: code) }
}
