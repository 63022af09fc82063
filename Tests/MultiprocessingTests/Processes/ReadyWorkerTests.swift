// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

/// The worker that a fork server makes ahead, when children are started one soon after the other.
@Suite("A worker that is ready ahead", .serialized, .leavesNothingBehind(after: { ForkServer.stop() }))
struct ReadyWorkerTests {
    /// The server's children that live; one that has ended stays a zombie until the server comes to look.
    private static func workers() throws -> [pid_t] {
        let server = try #require(ForkServer.processIdentifier)
        return ProcessTable.children(of: server).filter { !$0.isZombie }.map(\.processIdentifier)
    }

    private func waitUntilGone(_ process: pid_t) {
        while let entry = ProcessTable.entry(of: process), !entry.isZombie { sched_yield() }
    }

    /// Starts children until one is ready that nobody has taken; bounded, since an ahead that never comes is a failure.
    private static func makeReady() async throws -> pid_t {
        for number in 0..<200 {
            let child = try ChildProcess.start(Square(number: number), by: .forkServer)
            #expect(await child.outcome == .success(number * number))
            _ = await child.exitStatus
            if let ready = try workers().first(where: { $0 != child.processIdentifier }) { return ready }
        }
        throw Violation("no worker was ready after 200 starts")
    }

    @Test("ends when nobody takes it, and the next start finds another")
    func isTakenBack() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        let ready = try await Self.makeReady()
        // Only the kernel knows when it has gone; the limit is the tests' own.
        waitUntilGone(ready)
        #expect(try Self.workers().isEmpty)
        let child = try ChildProcess.start(Square(number: 5), by: .forkServer)
        #expect(await child.outcome == .success(25))
    }

    @Test("does not outlive its server, however that ends", arguments: [SIGKILL, SIGTERM, 0])
    func endsWithServer(_ signal: Int32) async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        let ready = try await Self.makeReady()
        let server = try #require(ForkServer.processIdentifier)
        if signal == 0 { ForkServer.stop() } else { kill(server, signal) }
        waitUntilGone(server)
        waitUntilGone(ready)
        let child = try ChildProcess.start(Square(number: 6), by: .forkServer)
        #expect(await child.outcome == .success(36))
    }

    @Test("that is killed costs one start at most, and says so")
    func isKilled() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        kill(try await Self.makeReady(), SIGKILL)
        var failures = 0
        for number in 0..<20 {
            let child = try ChildProcess.start(Square(number: number), by: .forkServer)
            switch await child.outcome {
            case .success(let square): #expect(square == number * number)
            case .failure(.died(let report)):
                failures += 1
                #expect(report.status == .signaled(SIGKILL))
            case .failure(let failure): Issue.record("found \(failure)")
            }
        }
        #expect(failures <= 1)
    }

    @Test("gets the streams, the settings and the name of its own child, not of those before")
    func isToldEverything() async throws {
        try ForkServer.start()
        defer { ForkServer.stop() }
        for number in 0..<30 {
            var settings = WorkerSettings()
            settings.environment = .exactly(["NUMBER": "\(number)"])
            let child = try ChildProcess.start(AskingForNumber(), by: .forkServer, settings: settings)
            #expect(await child.outcome == .success("\(number)"))
        }
    }
}

struct AskingForNumber: Work {
    /// Copied before anything could change it.
    func run() -> String { unsafe getenv("NUMBER").map { unsafe String(cString: $0) } ?? "none" }
}
