// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("The fork server", .leavesNothingBehind(after: { ForkServer.stop() }))
struct ForkServerTests {
    @Test("leaves nothing when it is stopped, and starts again when it is needed")
    func stopAndStart() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        let first = try #require(ForkServer.processIdentifier)
        ForkServer.stop()
        #expect(ForkServer.processIdentifier == nil)
        #expect(kill(first, 0) == -1)
        let child = try ChildProcess.start(Square(number: 3), by: .forkServer)
        #expect(await child.outcome == .success(9))
        let second = try #require(ForkServer.processIdentifier)
        #expect(second != first)
    }

    @Test(
        "that was killed is replaced by the next start",
        .origin(
            "_test_multiprocessing._TestProcess.test_forkserver_sigkill",
            "_test_multiprocessing._TestProcess.test_forkserver_sigint"),
        arguments: [SIGKILL, SIGINT, SIGTERM, SIGSEGV])
    func killed(_ signal: Int32) async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        let first = try #require(ForkServer.processIdentifier)
        kill(first, signal)
        waitUntilGone(first)
        let child = try ChildProcess.start(Square(number: 4), by: .forkServer)
        #expect(await child.outcome == .success(16))
        #expect(try #require(ForkServer.processIdentifier) != first)
    }

    @Test("that is killed takes its workers with it, whose work fails honestly, and the pool goes on")
    func workersEnd() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        let pool = try ProcessPool(workers: 1)
        try await withTemporaryDirectory { folder in
            async let outcome = failure(of: Waiting(started: folder + "/started", until: folder + "/go"), in: pool)
            while TestFile.names(in: folder).isEmpty { await Task.yield() }
            let server = try #require(ForkServer.processIdentifier)
            kill(server, SIGKILL)
            let failure = try #require(await outcome)
            guard case .died(let report) = failure else {
                Issue.record("found \(failure)")
                return
            }
            // Told by the kernel, since the only process that could have waited for it is gone.
            #expect([.signaled(SIGKILL), .unobserved].contains(report.status))
            // The replacement comes from a new server.
            #expect(try await pool.run(Square(number: 5)) == 25)
        }
        await pool.shutDown()
    }

    @Test("that is let go stays as long as its workers")
    func stopsWithItsWorkers() async throws {
        try ForkServer.start()
        let server = try #require(ForkServer.processIdentifier)
        let pool = try ProcessPool(workers: 1)
        ForkServer.stop()
        #expect(try await pool.run(Square(number: 6)) == 36)
        #expect(ProcessTable.entry(of: server) != nil)
        await pool.shutDown()
        // The suite's check finds it if it is still there.
    }

    @Test("has one thread, so that each of its copies begins clean")
    func oneThread() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        // A child's answer shows that the server has come to its loop.
        #expect(await (try ChildProcess.start(Square(number: 2), by: .forkServer)).outcome == .success(4))
        let server = try #require(ForkServer.processIdentifier)
        #expect(TestFile.names(in: "/proc/\(server)/task").count == 1)
    }

    @Test("says what is missing, wherever the descriptors end", arguments: 11...16)
    func withoutDescriptors(_ limit: Int) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let command = "ulimit -n \(limit); exec \"$0\" idle forkserver"
        let result = try await Program.run("/bin/sh", ["-c", command, probe])
        #expect(result.standardOutput.contains("raise `ulimit -n`"))
        #expect(result.status == .exited(2))
    }

    private func failure(of work: some Work, in pool: ProcessPool) async -> WorkFailure? {
        do throws(WorkFailure) {
            _ = try await pool.run(work)
            return nil
        } catch {
            return error
        }
    }

    /// Until the process is a zombie or gone: then its conversation has ended.
    private func waitUntilGone(_ process: Int32) {
        while let entry = ProcessTable.entry(of: process), !entry.isZombie { sched_yield() }
    }
}

struct Waiting: Work {
    var started: String
    var until: String

    func run() throws -> String {
        try TestFile.write("", to: started)
        // A path of the test's own.
        while unsafe access(until, F_OK) != 0 { sched_yield() }
        return "seen"
    }
}
