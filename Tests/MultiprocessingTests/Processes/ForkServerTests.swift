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

    @Test("that was killed is replaced by the next start", arguments: [SIGKILL, SIGTERM, SIGSEGV])
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

    @Test("takes no worker with it, and how that one ended is told all the same where the kernel can")
    func workersLiveOn() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        try await withTemporaryDirectory { folder in
            let pool = try ProcessPool(workers: 1)
            let work = Waiting(started: folder + "/started", until: folder + "/go")
            async let seen = pool.run(work)
            while TestFile.names(in: folder).isEmpty { await Task.yield() }
            let server = try #require(ForkServer.processIdentifier)
            kill(server, SIGKILL)
            waitUntilGone(server)
            try TestFile.write("", to: folder + "/go")
            #expect(try await seen == "seen")
            let worker = try #require(pool.processIdentifiers.first)
            kill(worker, SIGKILL)
            // The replacement comes from a new server.
            #expect(try await answer(of: pool) == 25)
            await pool.shutDown()
        }
    }

    /// The worker that has just been killed may be given the work before its end is known; then it fails honestly.
    private func answer(of pool: ProcessPool) async throws -> Int {
        do {
            return try await pool.run(Square(number: 5))
        } catch {
            guard case .died(let report) = error else { throw error }
            #expect([.signaled(SIGKILL), .unobserved].contains(report.status))
            return try await pool.run(Square(number: 5))
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
