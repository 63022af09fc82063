// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// The descriptors that become a child's standard output and standard error; nil for one that it inherits.
struct ChildStreams: Sendable {
    var output: Int32?
    var error: Int32?
}

/// The two ways to make a process, as thin as they can be; what runs in the child is for the layers above.
enum ProcessStart {
    /// Starts this very program again, as `role`, with one inherited descriptor.
    ///
    /// A new program in its own process group, with standard input from /dev/null.
    /// - Parameters:
    ///   - name: What `ps` shows, if not the role.
    ///   - arguments: What stands behind the program's name.
    ///   - environment: What this process's environment is changed by, or all that there is to be (NAME=VALUE).
    ///   - binding: Whether the loader resolves every symbol now rather than each with its first call: worth it for a
    ///     program whose copies would each resolve the same ones again.
    static func spawn(
        role: String, named name: String? = nil, inherited: borrowing Descriptor,
        streams: ChildStreams = ChildStreams(),
        arguments: [String] = [], environment: GivenEnvironment = .inherited, binding: SymbolBinding = .lazy
    ) throws(SystemError) -> ProcessHandle {
        let variable = "\(MP_ROLE_VARIABLE)=\(role):3"
        let variables = childEnvironment(environment) + [variable] + binding.environment
        // The pointers live as long as the closures, so until mp_spawn returns, which is after exec.
        let result = unsafe withCStrings([title(name ?? role)] + arguments) { arguments in
            unsafe withCStrings(variables) { environment in
                unsafe CurrentProcess.program.withCString { path in
                    var request = unsafe mp_spawn_request(
                        path: path, arguments: arguments, environment: environment,
                        inherited: inherited.number, standard_output: streams.output ?? -1,
                        standard_error: streams.error ?? -1)
                    return unsafe mp_spawn(&request)
                }
            }
        }
        let identifier = try SystemCall.checked("start \(programName) again as a \(role)", result)
        return try ProcessHandle(child: identifier)
    }

    /// Forks on a new thread; `body` runs in the child and does not return. See fork.c for why a new thread.
    static func forkOnFreshThread(_ body: @escaping () -> Never) throws(SystemError) -> ProcessHandle {
        CurrentProcess.flushStreams()
        let box = unsafe Unmanaged.passRetained(ChildBody(body))
        defer { unsafe box.release() }
        // The child gets a copy of the box with the rest of the memory; it never returns from the call.
        let result = unsafe mp_fork_on_fresh_thread(
            { context in
                guard let context = unsafe context else { preconditionFailure("a child without its body") }
                unsafe Unmanaged<ChildBody>.fromOpaque(context).takeUnretainedValue().body()
            }, box.toOpaque())
        let identifier = try SystemCall.checked("fork", result)
        return try ProcessHandle(child: identifier)
    }

    /// Forks on the calling thread; `body` runs in the child. Only for a process with one thread and no used `Mutex`.
    static func fork(_ body: () -> Never) throws(SystemError) -> ProcessHandle {
        CurrentProcess.flushStreams()
        let identifier = try SystemCall.checked("fork", mp_fork())
        if identifier == 0 { body() }
        return try ProcessHandle(child: identifier)
    }

    /// Goes on on a new thread, while the calling one sleeps for good. See fork.c for why.
    static func goOnOnFreshThread(_ body: @escaping () -> Never) -> Never {
        // Kept for the rest of the process's life.
        let box = unsafe Unmanaged.passRetained(ChildBody(body))
        unsafe mp_go_on_on_fresh_thread(
            { context in
                guard let context = unsafe context else { preconditionFailure("a child without its body") }
                unsafe Unmanaged<ChildBody>.fromOpaque(context).takeUnretainedValue().body()
            }, box.toOpaque())
    }

    /// Leaves the stack and the heap of a thread that has ended for the next one, in this process and in its copies.
    static func leaveThreadBehind() { mp_leave_thread_behind() }

    /// First step of a forked child: its group, its streams, its signals, and no descriptor but the one it needs.
    ///
    /// What exec would have done, and more: no descriptor of the parent stays open here, so that the end of a
    /// conversation always arrives. Answers the kept descriptor under its new number.
    static func leaveParentBehind(keeping descriptor: Int32, streams: ChildStreams = ChildStreams()) -> Descriptor {
        let null = unsafe mp_open("/dev/null", O_RDONLY, 0)  // the path is a literal
        if null >= 0 { dup2(null, 0) }
        mp_reset_signals()
        return leave(keeping: descriptor, streams)
    }

    /// The same for the copy of a single-threaded server, whose standard input and signals are in order already. It
    /// ends with its server.
    static func leaveServerBehind(keeping descriptor: Int32, server: Int32) -> Descriptor {
        mp_end_with_parent(server)
        return leave(keeping: descriptor, ChildStreams())
    }

    private static func leave(keeping descriptor: Int32, _ streams: ChildStreams) -> Descriptor {
        CurrentProcess.leadOwnGroup()
        OwnSurroundings.setStreams(streams)
        let kept = mp_keep_only(descriptor)
        return Descriptor(owning: kept < 0 ? descriptor : kept)
    }

    /// A single-threaded server waits for its children, which needs SIGCHLD's default action.
    static func restoreChildSignal() { signal(SIGCHLD, SIG_DFL) }

    private static var programName: String {
        let path = unsafe CommandLine.unsafeArgv.pointee.map { unsafe String(cString: $0) } ?? "program"
        return path.split(separator: "/").last.map(String.init) ?? path
    }

    /// What a program that is started finds in its environment.
    enum GivenEnvironment {
        case inherited
        case exactly([String: String])
        case changed([String: String?])
    }

    /// What `ps` shows of this program in a role, or under a worker's name.
    static func title(_ role: String) -> String { "\(programName): \(role)" }

    private static func childEnvironment(_ given: GivenEnvironment) -> [String] {
        var entries: [String]
        switch given {
        case .inherited: entries = inheritedEnvironment { _ in false }
        case .exactly(let all): entries = all.map { "\($0.key)=\($0.value)" }
        case .changed(let changes):
            entries = inheritedEnvironment { changes.keys.contains(String($0)) }
            entries += changes.compactMap { name, value in value.map { "\(name)=\($0)" } }
        }
        // A backtrace holds a dead worker's report up for 90 ms and more; who wants one says so in this variable.
        // Forked workers print none either, since their signal actions are the default ones.
        let variable = "SWIFT_BACKTRACE="
        if !entries.contains(where: { $0.hasPrefix(variable) }) { entries.append(variable + "enable=no") }
        return entries
    }

    private static func inheritedEnvironment(without isLeftOut: (Substring) -> Bool) -> [String] {
        var entries: [String] = []
        // environ is read while no other thread should be changing it, as POSIX demands of everybody.
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if name != MP_ROLE_VARIABLE, !isLeftOut(name) { entries.append(text) }
            unsafe next += 1
        }
        return entries
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        // The copies live until the end of this call.
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("an array with an element has an address") }
            return unsafe body(base)
        }
    }

    /// When the loader resolves a started program's symbols.
    enum SymbolBinding {
        case lazy, now

        /// ld.so(8): any value but the empty one. Ours is recognizable, so that the server can take it away again.
        private static let name = "LD_BIND_NOW"
        private static let value = "multiprocessing"

        fileprivate var environment: [String] { self == .now ? ["\(Self.name)=\(Self.value)"] : [] }

        /// Programs that the work starts must not inherit what was meant for this one.
        static func forget() {
            // Compared before anything else runs that could change the environment.
            guard let found = unsafe getenv(name), unsafe String(cString: found) == value else { return }
            unsafe unsetenv(name)
        }
    }

    private final class ChildBody {
        let body: () -> Never
        init(_ body: @escaping () -> Never) { self.body = body }
    }
}
