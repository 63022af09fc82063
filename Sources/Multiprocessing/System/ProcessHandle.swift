// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// How a child ended, and what it used, as the kernel reported it.
struct ExitRecord: BitwiseCopyable, Sendable {
    enum Ending: BitwiseCopyable { case unknown, exited, signaled }

    var ending = Ending.unknown
    var dumpedCore = false
    /// The exit code or the signal.
    var status: Int32 = 0
    var userMicroseconds: Int64 = 0
    var systemMicroseconds: Int64 = 0
    var peakMemoryBytes: Int64 = 0

    init() {}

    init(_ record: mp_exit_record) {
        guard record.known != 0 else { return }
        ending = record.signaled != 0 ? .signaled : .exited
        dumpedCore = record.dumped_core != 0
        status = record.status
        userMicroseconds = record.user_microseconds
        systemMicroseconds = record.system_microseconds
        peakMemoryBytes = record.peak_memory_bytes
    }
}

/// A process that cannot be mistaken for a later one with the same number: pidfd(2).
struct ProcessHandle: ~Copyable, Sendable {
    let descriptor: Descriptor
    let processIdentifier: Int32

    /// Opens a handle on a child of this process that has not been waited for.
    init(child processIdentifier: Int32) throws(SystemError) {
        let number = try SystemCall.checked(
            "open a handle on process \(processIdentifier)", mp_pidfd_open(processIdentifier))
        self.init(adopting: Descriptor(owning: number), of: processIdentifier)
    }

    /// Adopts a handle that another process opened and sent.
    init(adopting descriptor: consuming Descriptor, of processIdentifier: Int32) {
        self.descriptor = descriptor
        self.processIdentifier = processIdentifier
    }

    /// Hands the descriptor's number to a new owner.
    consuming func release() -> Int32 { descriptor.release() }

    /// Sends a signal; false when the process has ended.
    @discardableResult
    func send(signal: Int32) -> Bool { mp_pidfd_send_signal(descriptor.number, signal) == 0 }

    /// Kills a child that has not been reaped, and the group that it leads.
    func killGroup() {
        if mp_pidfd_kill_group(descriptor.number) != 0 { mp_kill_group(processIdentifier) }
    }

    /// Kills what a process that has ended left in its group, when only its parent could have done so in time and is gone.
    func killRestOfGroup() { mp_kill_rest_of_group(processIdentifier) }

    /// Whether it has ended; the descriptor is readable from then on.
    var hasEnded: Bool {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        // poll writes into the one structure.
        return unsafe poll(&request, 1, 0) == 1
    }

    /// Reaps a child of this process and kills what it left in its group; nil while it runs, if we may not block.
    func reap(blocking: Bool) -> ExitRecord? {
        var record = mp_exit_record()
        var result: Int32
        // Fills in the record.
        repeat { result = unsafe mp_wait(descriptor.number, blocking ? 1 : 0, &record) } while result == -EINTR
        if result == -EAGAIN { return nil }
        // ECHILD: somebody else waited, or SIGCHLD is ignored. The kernel may still tell (Linux 6.15).
        return result == 0 ? ExitRecord(record) : exitInformation()
    }

    /// How a process ended that is another's child; unknown where the kernel does not tell.
    func exitInformation() -> ExitRecord {
        var record = mp_exit_record()
        // Fills in the record, or leaves it zero.
        unsafe mp_exit_info(descriptor.number, &record)
        return ExitRecord(record)
    }
}

/// The signals that the library sends.
enum Signal {
    static let kill = SIGKILL
    static let terminate = SIGTERM
    /// What a process gets that has done something it must not.
    static let crashes: Set<Int32> = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
}

/// This process.
enum CurrentProcess {
    static var identifier: Int32 { getpid() }

    static var threadCount: Int { Int(mp_thread_count()) }

    static var entryHookIsInstalled: Bool { mp_entry_hook_is_installed() != 0 }

    static func takeOverIfWorker() { mp_take_over_if_worker() }

    /// The program that this process runs: the file itself, even if its name is gone or has been replaced.
    static let program = "/proc/self/exe"

    static func flushStreams() { mp_flush_streams() }

    /// Flushes standard output only, which costs next to nothing when nothing is there.
    static func flushStandardOutput() { mp_flush_standard_output() }
    /// Has what is printed written at the end of each line.
    static func writeOutputLineByLine() { mp_write_output_by_lines() }

    /// Ends now, without exit handlers: a forked child shares its parent's.
    static func exit(_ code: Int32) -> Never { _exit(code) }

    /// Names the calling thread, which for the main thread is the name in `ps`.
    static func setName(_ name: String) { unsafe mp_set_thread_name(name) }  // copied by the kernel

    /// Makes this process the leader of a group of its own, which the terminal's signals do not reach.
    static func leadOwnGroup() { setpgid(0, 0) }

    /// Kills this process and, if it leads a group, what it started.
    static func killOwnGroup() -> Never {
        if getpgrp() == getpid() { kill(0, SIGKILL) }
        _exit(1)
    }

    /// Makes this the main actor's executor. It must live as long as the process.
    static func replaceMainExecutor(by executor: some SerialExecutor) {
        let reference = unsafe executor.asUnownedSerialExecutor()
        // The same two words under two names; a change of the type's size would stop here.
        mp_replace_main_executor(unsafe unsafeBitCast(reference, to: mp_executor_reference.self))
    }
}
