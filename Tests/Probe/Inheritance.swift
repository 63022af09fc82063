// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// What a worker has of the process that started it: each row of the table in ChoosingAStartMethod.md, measured.
///
/// The parent is brought into one state, then the server is started, if there is one; it is brought into another state,
/// then the worker is started. What the worker finds tells which of the two it has, or that it has neither.
struct Inheritance: Work {
    /// What the worker's own findings are compared with.
    struct Parent: Codable, Sendable {
        var process: Int32
        var server: Int32
        var session: Int32
        var commandLine: String
        var arguments: [String]
        var outputs: [UInt64]
    }

    var parent: Parent

    func run() -> [[String]] {
        [
            ["memory: a global that was changed", MovedState.global == 2 ? "as it is now" : "as it was at first"],
            ["this process's threads", threads()],
            ["environment", moment(of: ownVariable(), "early", "late")],
            ["working directory", moment(of: ownFolder().suffix(5), "early", "/late")],
            ["file mode mask", moment(of: umask(0o077), 0o021, 0o027)],
            ["niceness", moment(of: getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0), 1, 2)],
            ["limits", moment(of: ownLimit(), 900, 800)],
            ["ignored signals", moment(of: [SIGUSR1, SIGUSR2].filter(isIgnored), [SIGUSR1], [SIGUSR2])],
            // The name of a locale is a C string of the C library's.
            [
                "locale",
                unsafe setlocale(LC_ALL, nil).map { unsafe String(cString: $0) } == "C" ? "C" : "of this moment",
            ],
            ["`CommandLine.arguments`", arguments()],
            ["standard input", link("/proc/self/fd/0") == "/dev/null" ? "`/dev/null`" : "?"],
            ["standard output", moment(of: MovedState.identity(of: 1), parent.outputs[0], parent.outputs[1])],
            ["standard error", link("/proc/self/fd/2").hasPrefix("pipe:") ? "a pipe to this process" : "?"],
            ["other descriptors", descriptors()],
            ["signal mask", isBlocked(SIGTERM) ? "of this moment" : "empty"],
            ["signals with a handler", hasHandler(SIGINT) ? "of this moment" : "default action"],
            ["process group", getpgrp() == getpid() ? "its own" : "?"],
            ["session and terminal", getsid(0) == parent.session ? "this process's" : "?"],
            ["its parent, for the kernel", kernelParent()],
            ["name in `ps`", "`" + text("/proc/self/comm").filter { $0 != "\n" } + "`"],
            ["command line in `ps`", commandLine()],
        ]
    }

    /// Which of the parent's two states it is.
    private func moment<Value: Equatable>(of found: Value, _ early: Value, _ late: Value) -> String {
        found == late ? "of this moment" : found == early ? "of the server's start" : "? \(found)"
    }

    private func threads() -> String {
        let names = names(in: "/proc/self/task").map { text("/proc/self/task/\($0)/comm") }
        return names.contains("parent's thread\n") ? "?" : "none"
    }

    private func arguments() -> String {
        let found = CommandLine.arguments
        return found == parent.arguments ? "this process's" : found.count == 1 ? "the program's name" : "? \(found)"
    }

    private func descriptors() -> String {
        let numbers = (0..<256).filter { fcntl($0, F_GETFD) >= 0 }
        return numbers == [0, 1, 2, 3] ? "its conversation alone" : "? \(numbers)"
    }

    private func kernelParent() -> String {
        getppid() == parent.process ? "this process" : getppid() == parent.server ? "the server" : "?"
    }

    private func commandLine() -> String {
        let found = text("/proc/self/cmdline")
        if found == parent.commandLine { return "this process's" }
        return "`" + found.filter { $0 != "\0" }.replacing("Probe", with: "program") + "`"
    }
}

// MARK: The parent's two states

/// What is changed in the parent between the server's start and the worker's.
enum MovedState {
    // Changed by the parent's only Swift thread.
    nonisolated(unsafe) private static var changed = 0
    static var global: Int { unsafe changed }

    /// Which file a descriptor leads to.
    static func identity(of descriptor: Int32) -> UInt64 {
        var facts = stat()
        // Fills in the local value.
        unsafe fstat(descriptor, &facts)
        return UInt64(facts.st_ino)
    }

    /// What is there all the time and must not arrive: a thread, a descriptor, a handler, a blocked signal, a locale.
    static func makeSurroundings() {
        var thread = pthread_t()
        // Named and then asleep for good; the name is a literal.
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { _ in
            let own = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            _ = unsafe write(own, "parent's thread", 15)
            close(own)
            while true { pause() }
        }
        unsafe pthread_create(&thread, nil, body, nil)
        _ = unsafe open("/dev/zero", O_RDONLY)
        signal(SIGINT) { _ in }
        var mask = sigset_t()
        // Both write to and read from the local value.
        unsafe sigemptyset(&mask)
        unsafe sigaddset(&mask, SIGTERM)
        unsafe sigprocmask(SIG_BLOCK, &mask, nil)
        _ = unsafe setlocale(LC_ALL, "C.UTF-8")
    }

    static func enter(_ name: String, number: Int32, in folder: String) {
        unsafe changed = Int(number)
        // Texts that live for the calls.
        unsafe setenv("MP_STATE", name, 1)
        unsafe mkdir(folder + "/" + name, 0o700)
        _ = unsafe chdir(folder + "/" + name)
        umask(number == 1 ? 0o021 : 0o027)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, number)
        var limit = rlimit(rlim_cur: number == 1 ? 900 : 800, rlim_max: 1000)
        // Read by the call.
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        signal(SIGUSR1, number == 1 ? SIG_IGN : SIG_DFL)
        signal(SIGUSR2, number == 2 ? SIG_IGN : SIG_DFL)
    }

    /// Prints the table's column of one method, a row a line: label, tabulator, cell.
    static func measure(_ method: StartMethod, in folder: String) -> Never {
        makeSurroundings()
        let output = dup(1)
        let early = identity(of: 1)
        enter("early", number: 1, in: folder)
        do {
            if method == .forkServer { try ForkServer.start() }
            dup2(unsafe open(folder + "/output", O_WRONLY | O_CREAT, 0o600), 1)
            enter("late", number: 2, in: folder)
            let parent = Inheritance.Parent(
                process: getpid(), server: ForkServer.processIdentifier ?? 0, session: getsid(0),
                commandLine: text("/proc/self/cmdline"), arguments: CommandLine.arguments,
                outputs: [early, identity(of: 1)])
            let child = try ChildProcess.start(Inheritance(parent: parent), by: method, safety: .ignoreOtherThreads)
            let rows = try child.wait().get()
            dup2(output, 1)
            for row in rows { StandardOutput.print(row.joined(separator: "\t")) }
        } catch {
            dup2(output, 1)
            StandardOutput.print("\(error)")
            ProbeEnd.now(1)
        }
        ProbeEnd.now(0)
    }
}

// MARK: Asking the system

/// A file of the kernel's, whole.
private func text(_ path: String) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    // Reads at most count bytes into the array.
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    let count = unsafe read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

private func link(_ path: String) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    // Writes at most count bytes.
    let count = unsafe readlink(path, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func names(in folder: String) -> [String] {
    // Numbers of threads are the names; few, and known by trying.
    (getpid() - 1...getpid() + 64).map(String.init).filter { unsafe access(folder + "/" + $0, F_OK) == 0 }
}

// A variable of the parent's, if there is one.
private func ownVariable() -> String { unsafe getenv("MP_STATE").map { unsafe String(cString: $0) } ?? "" }

private func ownFolder() -> Substring { link("/proc/self/cwd")[...] }

private func ownLimit() -> UInt64 {
    var limit = rlimit()
    // Fills in the local value.
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return UInt64(limit.rlim_cur)
}

private func handler(of number: Int32) -> UInt {
    var action = sigaction()
    // Fills in the local value, whose handler is compared as an address.
    unsafe sigaction(number, nil, &action)
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
}

private func isIgnored(_ number: Int32) -> Bool { handler(of: number) == 1 }

private func hasHandler(_ number: Int32) -> Bool { handler(of: number) > 1 }

private func isBlocked(_ number: Int32) -> Bool {
    var mask = sigset_t()
    // Fills in the local value, and reads it.
    unsafe sigprocmask(SIG_BLOCK, nil, &mask)
    return unsafe sigismember(&mask, number) == 1
}
