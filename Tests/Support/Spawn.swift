// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Starts a program with `posix_spawn`. Foundation's `Process` is unreliable with signals and descriptors.
enum Spawn {
    static func program(
        _ executable: String, _ arguments: [String], _ environment: [String: String?], _ directory: String?,
        _ streams: ProgramStreams
    ) throws(ProgramError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let terminal = streams.terminal {
            // The first terminal that a session's leader opens is the session's own.
            unsafe posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        } else {
            unsafe posix_spawn_file_actions_adddup2(&actions, streams.input, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, streams.error, 2)
        // Others in this process may have opened descriptors without close-on-exec.
        _ = unsafe GnuFunctions.addCloseFrom(&actions, 3)
        if let directory { _ = unsafe GnuFunctions.addChangeFolder(&actions, directory) }

        var attributes = freshSession()
        defer { unsafe posix_spawnattr_destroy(&attributes) }

        var identifier: pid_t = 0
        let code = unsafe withStrings([executable] + arguments) { words in
            unsafe withStrings(merged(environment)) { variables in
                unsafe posix_spawnp(&identifier, executable, &actions, &attributes, words, variables)
            }
        }
        guard code == 0 else {
            throw .cannotStart(executable, reason: unsafe String(cString: strerror(code)))
        }
        return identifier
    }

    /// A session of its own, no signal blocked, none ignored.
    private static func freshSession() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession = Int16(0x80)  // POSIX_SPAWN_SETSID, which the importer leaves out
        let flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | newSession
        unsafe posix_spawnattr_setflags(&attributes, flags)
        return attributes
    }

    private static func merged(_ changes: [String: String?]) -> [String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let words = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2 { variables[String(words[0])] = String(words[1]) }
            unsafe next = next.advanced(by: 1)
        }
        for (name, value) in changes { variables[name] = value }
        return variables.map { "\($0.key)=\($0.value)" }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe body(pointers)
    }
}

/// The sessions that ``Program`` has begun, so that the leak check finds what outlived its leader.
enum Sessions {
    private static let identifiers = Mutex<Set<pid_t>>([])

    static var started: Set<pid_t> { identifiers.withLock { $0 } }

    static func add(_ identifier: pid_t) { identifiers.withLock { _ = $0.insert(identifier) } }

    /// Numbers are used again: what an earlier test has begun and left in order is of no interest to a later one.
    static func forgetAll() { identifiers.withLock { $0 = [] } }

    static func members(of identifier: pid_t) -> [ProcessEntry] {
        ProcessTable.all().filter { $0.session == identifier }
    }
}
