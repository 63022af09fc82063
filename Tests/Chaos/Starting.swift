// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Starts threads and programs.
enum Starting {
    static func thread(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        // Handed to the thread, which releases it.
        let box = unsafe Unmanaged.passRetained(Body(run: body)).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, box)
        precondition(code == 0, "could not start a thread: \(code)")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts a program by its name or path; its environment is this process's and one variable more, if wanted.
    static func program(
        _ name: String, _ arguments: [String], adding variable: String? = nil, standardError: Int32? = nil
    ) throws -> Int32 {
        // Made, used and destroyed here.
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let standardError { unsafe posix_spawn_file_actions_adddup2(&actions, standardError, 2) }
        let words = unsafe strings([name] + arguments)
        let variables = unsafe strings(environment + (variable.map { [$0] } ?? []))
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        var process: pid_t = 0
        // Arrays of C strings with nil at their ends, which live until the call is over.
        let code = unsafe posix_spawnp(&process, name, &actions, nil, words, variables)
        guard code == 0 else { throw Refused(description: "could not start \(name): error \(code)") }
        return process
    }

    /// Copies, to be freed.
    private static func strings(_ list: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe list.map { unsafe strdup($0) } + [nil]
    }

    private static var environment: [String] {
        var entries: [String] = []
        // Nobody changes it in this program.
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            entries.append(unsafe String(cString: entry))
            unsafe next += 1
        }
        return entries
    }
}

/// Lines for people.
enum Console {
    static func say(_ text: String) { write(text, to: 1) }

    static func complain(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            // Reads no more than the slice holds.
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
