// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// The output of a child with these settings.
func output<W: Work>(of work: W, _ method: StartMethod, _ settings: WorkerSettings) throws -> W.Output {
    try result(of: work, method, settings).get()
}

func result<W: Work>(of work: W, _ method: StartMethod, _ settings: WorkerSettings) -> Result<W.Output, WorkFailure> {
    do { return try ChildProcess.start(work, by: method, settings: settings).wait() } catch { return .failure(error) }
}

/// Settings with one change.
func settings(_ change: (inout WorkerSettings) -> Void) -> WorkerSettings {
    var settings = WorkerSettings()
    change(&settings)
    return settings
}

/// What a worker's settings owe under every start method.
extension ChildContract {
    /// All but the limits, which a sanitizer's own memory and threads would exceed.
    public static let withSettings = applied + refused + preloaded

    static let applied: [ChildContract] = [
        ChildContract("an environment given exactly is the whole of it, also for programs that the work starts") {
            method in
            let settings = settings { $0.environment = .exactly(["ONLY": "this=that", "EMPTY": ""]) }
            let facts = try output(of: OwnState(), method, settings)
            try requireEqual(facts.environment, ["EMPTY=", "ONLY=this=that"])
            try requireEqual(try output(of: ShellCommand(text: "test \"$ONLY\" = this=that"), method, settings), 0)
        },
        ChildContract(
            "an environment that is changed keeps the rest",
            origins: ["loky._test_process_executor.test_child_env_executor"]
        ) { method in
            let before = try output(of: OwnState(), method, WorkerSettings()).environment
            let path = before.first { $0.hasPrefix("PATH=") }
            let settings = settings { $0.environment = .changed(["PATH": nil, "MP_NEW": "1", "MP_MISSING": nil]) }
            let after = try output(of: OwnState(), method, settings).environment
            try requireEqual(after, (before.filter { $0 != path } + ["MP_NEW=1"]).sorted())
        },
        ChildContract("a working directory is where the worker is") { method in
            try requireEqual(
                try output(of: OwnState(), method, settings { $0.workingDirectory = "/usr" }).folder, "/usr")
        },
        ChildContract("arguments are what stands behind the program's name") { method in
            let facts = try output(of: OwnState(), method, settings { $0.arguments = ["--fast", "", "a b"] })
            try requireEqual(Array(facts.arguments.dropFirst()), ["--fast", "", "a b"])
            try require(facts.arguments.first?.isEmpty == false, "no program's name")
            try requireEqual(try output(of: OwnState(), method, settings { $0.arguments = [] }).arguments.count, 1)
        },
        ChildContract("a name is in ps, cut at a whole character, and behind the program's name in full") { method in
            let facts = try output(of: OwnState(), method, settings { $0.name = "drawing thé bücher" })
            try requireEqual(facts.name, "drawing thé b")
            try require(
                facts.commandLine.hasSuffix(": drawing thé bücher\0"), "the command line is \(facts.commandLine)")
            // The arguments are not what ps shows.
            let plain = try output(of: OwnState(), method, WorkerSettings())
            try requireEqual(facts.arguments, plain.arguments)
        },
        ChildContract("niceness is that of all its threads") { method in
            let facts = try output(of: OwnState(), method, settings { $0.niceness = 7 })
            try requireEqual(Set(facts.niceness), [7])
        },
        ChildContract("all settings hold together, and for one worker alone") { method in
            let settings = settings {
                $0.name = "all"
                $0.environment = .exactly(["A": "1"])
                $0.workingDirectory = "/usr"
                $0.arguments = ["x"]
                $0.niceness = 3
                $0.limits = [.openFiles(64), .coreSize(bytes: 0)]
            }
            let facts = try output(of: OwnState(), method, settings)
            try requireEqual(facts.environment, ["A=1"])
            try requireEqual([facts.folder, facts.name] + facts.arguments.dropFirst(), ["/usr", "all", "x"])
            let plain = try output(of: OwnState(), method, WorkerSettings())
            try requireEqual(plain.name, "mp worker")
            try require(plain.environment.count != 1 && plain.folder != "/usr", "settings have spread: \(plain)")
        },
    ]

    static let refused: [ChildContract] =
        [
            Refused("workingDirectory", "a folder that is not there", code: ENOENT) {
                $0.workingDirectory = "/no/such/folder"
            },
            Refused("environment", "a variable without a name", code: EINVAL) { $0.environment = .changed(["": "1"]) },
            Refused("environment", "a value with a zero byte", code: EINVAL) {
                $0.environment = .exactly(["A": "1\0 2"])
            },
            Refused("limits", "a soft limit above the hard one", code: EINVAL) {
                $0.limits = [ResourceLimit(.openFiles, soft: 30, hard: 20)]
            },
        ].map { refused in
            ChildContract("\(refused.what) is refused to each work, and the setting named") {
                method in
                for _ in 0..<2 {
                    guard
                        case .failure(.notStarted(.settingNotApplied(let name, let error))) = result(
                            of: OwnState(), method, settings(refused.change))
                    else { throw Violation("it was not refused") }
                    try requireEqual(name, refused.name)
                    try requireEqual(error.code, refused.code)
                }
            }
        }

    private struct Refused {
        let name: String
        let what: String
        let code: Int32
        let change: @Sendable (inout WorkerSettings) -> Void

        init(
            _ name: String, _ what: String, code: Int32, _ change: @escaping @Sendable (inout WorkerSettings) -> Void
        ) {
            (self.name, self.what, self.code, self.change) = (name, what, code, change)
        }
    }

    public static let limited: [ChildContract] = [
        ChildContract("limits are in force, soft and hard") { method in
            let settings = settings {
                $0.limits = [
                    ResourceLimit(.openFiles, soft: 40, hard: 50), .coreSize(bytes: 0), .fileSize(bytes: 1 << 20),
                    .processorTime(seconds: 1000), .addressSpace(bytes: 64 << 30), .processes(4_000),
                ]
            }
            let limits = try output(of: OwnState(), method, settings).limits
            try requireEqual(limits["Max open files"], ["40", "50"])
            try requireEqual(limits["Max core file size"], ["0", "0"])
            try requireEqual(limits["Max file size"], ["\(1 << 20)", "\(1 << 20)"])
            try requireEqual(limits["Max cpu time"], ["1000", "1001"])
            try requireEqual(limits["Max address space"], ["\(64 << 30)", "\(64 << 30)"])
            try requireEqual(limits["Max processes"], ["4000", "4000"])
        },
        ChildContract("processor time that is used up ends the worker, and its signal says so") { method in
            let result = result(of: Spinning(), method, settings { $0.limits = [.processorTime(seconds: 1)] })
            guard case .failure(.died(let report)) = result else { throw Violation("found \(result)") }
            try requireEqual(report.status, .signaled(SIGXCPU))
        },
        ChildContract("more memory than the address space has is refused, and the worker can answer") { method in
            let settings = settings { $0.limits = [.addressSpace(bytes: 8 << 30)] }
            try requireEqual(try output(of: Reserving(byteCount: 16 << 30), method, settings), false)
            try requireEqual(try output(of: Reserving(byteCount: 1 << 20), method, settings), true)
        },
    ]

    static let preloaded: [ChildContract] = [
        ChildContract("what is preloaded is there before the first work, in the list's order") { method in
            let settings = settings { $0.preload = [LargeTable.self, SecondTable.self] }
            for _ in 0..<2 {
                try requireEqual(try output(of: AskingTables(), method, settings), [LargeTable.count, 1, 2])
            }
            try requireEqual(try output(of: AskingTables(), method, WorkerSettings()), [0, 0, 0])
        },
        ChildContract("an error that preloading throws arrives as it was") { method in
            for _ in 0..<2 {
                let result = result(of: AskingTables(), method, settings { $0.preload = [FailingTable.self] })
                guard case .failure(.notStarted(.preloadFailed(let error))) = result else {
                    throw Violation("found \(result)")
                }
                try requireEqual(error.decoded(as: TableError.self), TableError(text: "no table"))
            }
        },
    ]
}
