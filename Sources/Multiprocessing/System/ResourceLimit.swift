// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing

/// The most that a process may have of something: the kernel refuses the rest, or ends the process.
///
/// A limit is set for one process (getrlimit(2)); programs that it starts inherit it and have the same amount each. It
/// does not hold for a pool as a whole.
public struct ResourceLimit: Sendable, Hashable, CustomStringConvertible {
    /// What is limited.
    public enum Resource: String, Sendable, Hashable, CaseIterable {
        /// Addresses, in bytes: also memory that is reserved and never touched, and the program itself. Beyond it memory
        /// is refused, which Swift meets by ending the process. A worker that is idle has some hundred MiB.
        case addressSpace

        /// Processor time of all threads, in seconds. At the soft limit comes SIGXCPU, at the hard one SIGKILL.
        case processorTime

        /// Descriptors, as the number above the highest.
        case openFiles

        /// The core file that a crash leaves, in bytes.
        case coreSize

        /// Any file that is written, in bytes. Beyond it comes SIGXFSZ.
        case fileSize

        /// Processes and threads of this process's user, all of them, wherever they were started.
        case processes
    }

    /// What is limited.
    public let resource: Resource

    /// Where the kernel steps in. The process may change it, up to the hard limit.
    public let soft: UInt64

    /// How far the process may raise the soft limit.
    public let hard: UInt64

    /// States a limit in bytes, seconds or a number, by its resource.
    ///
    /// - Parameters:
    ///   - resource: What is limited.
    ///   - soft: Where the kernel steps in; `UInt64.max` is no limit.
    ///   - hard: The soft limit's own limit; the same if not given, for processor time one second more, so that the end
    ///     says by its signal what it was.
    public init(_ resource: Resource, soft: UInt64, hard: UInt64? = nil) {
        self.resource = resource
        self.soft = soft
        let room: UInt64 = resource == .processorTime && soft < .max ? 1 : 0
        self.hard = hard ?? soft + room
    }

    /// At most so many bytes of addresses: the kernel's hard limit on a worker's memory.
    public static func addressSpace(bytes: UInt64) -> ResourceLimit { ResourceLimit(.addressSpace, soft: bytes) }

    /// At most so many seconds of processor time, then SIGXCPU.
    public static func processorTime(seconds: UInt64) -> ResourceLimit { ResourceLimit(.processorTime, soft: seconds) }

    /// At most so many descriptors. A worker needs five and those of its work.
    public static func openFiles(_ count: UInt64) -> ResourceLimit { ResourceLimit(.openFiles, soft: count) }

    /// A core file of at most so many bytes; 0: none.
    public static func coreSize(bytes: UInt64) -> ResourceLimit { ResourceLimit(.coreSize, soft: bytes) }

    /// Files of at most so many bytes.
    public static func fileSize(bytes: UInt64) -> ResourceLimit { ResourceLimit(.fileSize, soft: bytes) }

    /// At most so many processes and threads of this user.
    public static func processes(_ count: UInt64) -> ResourceLimit { ResourceLimit(.processes, soft: count) }

    public var description: String { "\(resource) ≤ \(soft)" }

    /// Sets it for this process.
    func apply() throws(SystemError) {
        let number =
            switch resource {
            case .addressSpace: mp_address_space
            case .processorTime: mp_processor_time
            case .openFiles: mp_open_files
            case .coreSize: mp_core_size
            case .fileSize: mp_file_size
            case .processes: mp_processes
            }
        try SystemCall.checked("limit \(resource) to \(soft) (hard limit \(hard))", mp_set_limit(number, soft, hard))
    }
}
