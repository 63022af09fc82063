// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// Changes of this process's own surroundings, for a worker before its first work, while nothing else runs in it.
enum OwnSurroundings {
    /// Sets one variable of the environment, or takes it away.
    static func setVariable(_ name: String, to value: String?) throws(SystemError) {
        // A C string would end at a zero, and another variable be set than the one that was meant.
        guard !name.utf8.contains(0), value?.utf8.contains(0) != true else {
            throw SystemError("set a variable with a zero byte", code: EINVAL)
        }
        _ = try SystemCall.value("set the environment's variable \(name)") {
            // Both are copied by the call.
            if let value { unsafe Int(setenv(name, value, 1)) } else { unsafe Int(unsetenv(name)) }
        }
    }

    /// Makes these its standard output and standard error, as far as they are given.
    static func setStreams(_ streams: ChildStreams) {
        if let output = streams.output { dup2(output, 1) }
        if let error = streams.error { dup2(error, 2) }
    }

    /// Runs something that may take long in a process with one thread, which the kernel kills if the other end of this
    /// socket goes meanwhile.
    static func endingWithPeer<Result>(of socket: Int32, _ body: () -> Result) -> Result {
        _ = mp_end_with_peer(socket, 1)
        defer { _ = mp_end_with_peer(socket, 0) }
        return body()
    }

    static func clearEnvironment() { clearenv() }

    static func changeDirectory(to path: String) throws(SystemError) {
        guard !path.utf8.contains(0) else { throw SystemError("go to a folder with a zero byte", code: EINVAL) }
        // Read by the call.
        _ = try SystemCall.value("go to the folder \(path)") { unsafe Int(chdir(path)) }
    }

    static func setNiceness(_ niceness: Int32) throws(SystemError) {
        try SystemCall.checked("set niceness \(niceness)", mp_set_niceness(niceness))
    }

    /// Names this process for `ps`: by its short name, which keeps 15 bytes, and as its command line, where the kernel
    /// lets a process do that.
    static func setName(_ name: String, title: String) throws(SystemError) {
        // From now on the system would give the title to who asks for the arguments for the first time.
        _ = CommandLine.arguments
        // Both are copied by the calls.
        try SystemCall.checked("name this process", unsafe mp_set_process_name(shortened(name)))
        _ = unsafe mp_set_title(title)
    }

    /// The first bytes of a name, whole characters of it: as many as the system keeps, or fewer.
    static func shortened(_ name: String, to limit: Int = 15) -> String {
        var short = ""
        for character in name {
            guard short.utf8.count + character.utf8.count <= limit else { break }
            short.append(character)
        }
        return short
    }

    /// What `CommandLine.arguments` is from now on, behind the program's name.
    static func setArguments(_ arguments: [String]) throws(SystemError) {
        guard mp_can_set_swift_arguments() != 0 else { throw SystemError("change the arguments", code: ENOSYS) }
        let all = CommandLine.arguments.prefix(1) + arguments
        // An array is one reference to its storage. The setter takes over one, which is added here.
        let storage = unsafe Unmanaged.passRetained(unsafeBitCast(Array(all), to: AnyObject.self)).toOpaque()
        unsafe mp_set_swift_arguments(storage)
    }
}
