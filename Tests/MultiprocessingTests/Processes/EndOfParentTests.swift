// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

/// Rule: no orphan, however the parent ends.
@Suite("Workers end with their parent", .leavesNothingBehind)
struct EndOfParentTests {
    @Test(
        "killed while they work or wait", .origin("loky.test_reusable_executor.test_sigkill_shutdown_leaks_workers"),
        arguments: StartMethod.allCases, ["busy", "idle"])
    func killed(_ method: StartMethod, _ command: String) async throws {
        let probe = try start(command, method)
        #expect(try await workers(of: probe).count == 2)
        probe.send(signal: SIGKILL)
        #expect(try await probe.wait().status == .signaled(SIGKILL))
        let survivors = await probe.survivors(after: .seconds(1))
        #expect(survivors.isEmpty)
    }

    @Test(
        "at the end of main with a pool forgotten",
        .origin(
            "_test_multiprocessing._TestPoolWorkerLifetime.test_worker_finalization_via_atexit_handler_of_multiprocessing",
            "test_shutdown.ExecutorShutdownTest.test_interpreter_shutdown",
            "loky._test_process_executor.test_interpreter_shutdown"),
        arguments: StartMethod.allCases)
    func forgotten(_ method: StartMethod) async throws {
        let probe = try start("forgotten", method)
        #expect(try await probe.wait().status == .exited(0))
        let survivors = await probe.survivors(after: .seconds(1))
        #expect(survivors.isEmpty)
    }

    @Test("interrupted from the terminal, which reaches the parent alone", arguments: StartMethod.allCases)
    func interrupted(_ method: StartMethod) async throws {
        let probe = try start("idle", method)
        let workers = try await workers(of: probe)
        for worker in workers { #expect(getpgid(worker) == worker) }
        probe.send(signal: SIGINT, to: .group)
        #expect(try await probe.wait().status == .signaled(SIGINT))
        let survivors = await probe.survivors(after: .seconds(1))
        #expect(survivors.isEmpty)
    }

    private func start(_ command: String, _ method: StartMethod) throws -> RunningProgram {
        try Program.start(try BuiltProducts.path(of: "Probe"), [command, method.rawValue])
    }

    /// The numbers that the probe prints in its first line.
    private func workers(of probe: RunningProgram) async throws -> [Int32] {
        let line = try await probe.line(containing: " ", on: .standardOutput)
        return line.split(separator: " ").compactMap { Int32($0) }
    }
}
