// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

/// Every way to leave a pool, under every start method: after one second no process, no zombie, no descriptor.
@Suite("Whichever way a pool is left", .leavesNothingBehind)
struct LeavingTests {
    private static let programEndings: [(String, ProgramResult.Status)] = [
        ("returnsFromMain", .exited(0)), ("returnsWhileEnding", .exited(0)), ("exits", .exited(0)),
        ("exitsAtOnce", .exited(0)),
        ("traps", .signaled(trapSignal)), ("killsItself", .signaled(SIGKILL)),
    ]

    @Test(
        "by the program's end, whatever ends it",
        .origin(
            "_test_multiprocessing._TestPoolWorkerLifetime.test_worker_finalization_via_atexit_handler_of_multiprocessing",
            "test_shutdown.ExecutorShutdownTest.test_hang_gh83386",
            "loky._test_process_executor.test_hang_issue39205"),
        arguments: StartMethod.allCases, programEndings)
    func programEnds(_ method: StartMethod, _ ending: (name: String, status: ProgramResult.Status)) async throws {
        let probe = try start(ending.name, method)
        #expect(try await probe.wait().status == ending.status)
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }

    @Test("by becoming another program, which stays without workers", arguments: StartMethod.allCases)
    func becomesAnother(_ method: StartMethod) async throws {
        let probe = try start("becomesAnother", method)
        try await probe.line(containing: "left 3 behind")
        let own = probe.processIdentifier
        #expect(await eventuallyEmpty { probe.survivors().filter { $0.processIdentifier != own } }.isEmpty)
        #expect(ProcessFacts.descriptors(of: own).filter(Self.isOurs).count == 2, "its output and its errors")
        probe.send(signal: SIGKILL)
        #expect(try await probe.wait().status == .signaled(SIGKILL))
    }

    private static let scopes = ["scopeReturns", "scopeThrows", "scopeIsCancelled"]
    private static let handles = ["poolIsDropped", "poolFinishes", "poolIsAbandoned", "childIsDropped"]

    @Test("by its scope, in a program that goes on", arguments: [StartMethod.spawn, .forkServer], scopes)
    func scope(_ method: StartMethod, _ way: String) async throws { try await leave(way, method) }

    @Test("by its handle, in a program that goes on", arguments: StartMethod.allCases, handles)
    func handle(_ method: StartMethod, _ way: String) async throws { try await leave(way, method) }

    private func leave(_ way: String, _ method: StartMethod) async throws {
        let probe = try start(way, method, input: .open)
        try await probe.line(containing: "ready")
        let own = probe.processIdentifier
        let before = ProcessFacts.descriptors(of: own)
        probe.write("go on\n".utf8)
        try await probe.line(containing: "left")
        let leftovers = await eventuallyEmpty {
            ProcessTable.descendants(of: own).map(\.description)
                + ProcessFacts.descriptors(of: own).filter { Self.isOurs($0) && !before.contains($0) }
                + ProcessFacts.threads(of: own).filter { $0.hasPrefix("mp.") }
        }
        #expect(leftovers.isEmpty)
        probe.write("end\n".utf8)
        #expect(try await probe.wait().status == .exited(0))
    }

    /// The runtimes' own event descriptors come and go as they like.
    private static func isOurs(_ descriptor: String) -> Bool {
        descriptor.hasPrefix("socket:") || descriptor.hasPrefix("pipe:") || descriptor.contains("[pidfd]")
            || descriptor.hasPrefix("/memfd:")
    }

    private func start(
        _ command: String, _ method: StartMethod, input: Program.Input = .nothing
    ) throws -> RunningProgram {
        try Program.start(try BuiltProducts.path(of: "Probe"), [command, method.rawValue], standardInput: input)
    }

    private static var trapSignal: Int32 {
        #if arch(x86_64)
            SIGILL
        #else
            SIGTRAP
        #endif
    }
}
