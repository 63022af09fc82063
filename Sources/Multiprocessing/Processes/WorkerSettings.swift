// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The surroundings that a worker process is given, the same under every start method.
///
/// They are in force before the worker's first work, and for all programs that it starts. A setting that is not made is
/// as the start method leaves it: see the table in <doc:ChoosingAStartMethod>. A worker without settings costs nothing
/// more.
///
/// A worker that cannot be given what is asked for does no work: each work it gets fails with
/// ``WorkFailure/notStarted(_:)`` and a ``StartFailure/settingNotApplied(_:_:)`` that names the setting.
///
///     var settings = WorkerSettings()
///     settings.name = "thumbnails"
///     settings.environment = .changed(["LANG": "C", "DEBUG": nil])
///     settings.limits = [.addressSpace(bytes: 2 << 30), .processorTime(seconds: 600)]
public struct WorkerSettings: Sendable {
    /// The variables that a worker finds in its environment.
    public enum Environment: Sendable, Hashable {
        /// As the start method leaves them.
        case inherited

        /// These, and no other.
        case exactly([String: String])

        /// Those that the start method leaves, but for these; nil takes a variable away.
        case changed([String: String?])
    }

    /// The worker's environment.
    ///
    /// A worker that is started anew (`.spawn`) begins with it. The others have it from before their first work on: what
    /// the loader and the runtime read when a program starts (`LD_PRELOAD`, `SWIFT_BACKTRACE`) has no effect there.
    public var environment = Environment.inherited

    /// The folder that the worker's relative paths begin in; nil leaves it. A relative one begins where the start method
    /// leaves the worker.
    public var workingDirectory: String?

    /// What `CommandLine.arguments` holds in the worker behind the program's name; nil leaves it.
    ///
    /// Under `.spawn` they are the program's arguments in every respect. The other methods copy a running program, whose
    /// `CommandLine.argc`, `CommandLine.unsafeArgv` and line in `ps` stay what they are: there only
    /// `CommandLine.arguments` changes.
    public var arguments: [String]?

    /// The worker's name, which `ps` and `top` show: its first 15 bytes as the name of the process, and the whole of it
    /// behind the program's name as its command line, where the kernel lets a process say that.
    public var name: String?

    /// The most that the worker may have of something. A hard limit above this process's own needs a privilege.
    public var limits: [ResourceLimit] = []

    /// How far the worker stands back behind other processes, from -20 to 19; nil leaves it. Less than this process's
    /// own needs a privilege.
    public var niceness: Int?

    /// What is run once before there is work, in this order.
    ///
    /// Under `.forkServer` it runs in the server, and all workers share the memory that it made: workers with the same
    /// list come from one server of their own. Who starts the first one waits until it is done, however long it takes. A pool by `.fork` does so, too. Under `.spawn`, and in a single child by
    /// `.fork`, it runs in each worker. See ``ForkServerPreload`` for what it must not do.
    public var preload: [any ForkServerPreload.Type] = []

    /// Everything as the start method leaves it.
    public init() {}

    /// What becomes of what the worker writes to its standard output and standard error.
    public var output = WorkerOutput.passedThrough

    /// Whether a worker that crashes (by a trap, an invalid access or `abort`) says where, which then is its report's
    /// `CrashReport.backtrace`.
    ///
    /// It costs some microseconds at the worker's start and under a millisecond at its crash. Signal handlers that the
    /// work installs take precedence, and so does the language's own backtracer where `SWIFT_BACKTRACE` turns it on. Not
    /// recorded under `WorkerOutput.inherited`, under a sanitizer, and with glibc before 2.35.
    public var recordsBacktraces = true

    /// What the worker is told.
    var workerRecordsCrashes: Bool {
        if case .inherited = output { return false }
        return recordsBacktraces
    }
}

extension WorkerSettings {
    /// The names that a server finds the preloaded types by.
    func preloadNames() throws(StartFailure) -> [String] {
        if preload.isEmpty { return [] }
        var names: [String] = []
        for type in preload {
            guard let name = _mangledTypeName(type), ReceivedPreload.type(named: name) == type else {
                throw .preloadFailed(WorkError(PreloadError.hasNoName(_typeName(type))))
            }
            names.append(name)
        }
        return names
    }
}
