// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("What a fork server preloads", .leavesNothingBehind(after: { ForkServer.stop() }))
struct PreloadTests {
    @Test(
        "is made once, in the server, and its memory is shared by all workers",
        .origin("_test_multiprocessing.TestStartMethod.test_preload_resources"))
    func shared() async throws {
        defer { ForkServer.stop() }
        let pool = try ProcessPool(workers: 2, by: .forkServer, settings: preloading([SharedTable.self]))
        let server = try #require(ForkServer.processIdentifier(preload: [SharedTable.self]))
        // Four pieces at least, so that each worker has had one.
        for facts in try await pool.map((0..<4).map { _ in ReadingTable() }) {
            #expect(facts.madeIn == server)
            #expect(facts.sum == UInt64(SharedTable.count) * UInt64(SharedTable.count - 1) / 2)
            // It has read all 16 MiB and made none of it its own.
            #expect(facts.privateBytes < SharedTable.count * 8 / 2, "\(facts.privateBytes) bytes are private")
        }
        await pool.shutDown()
    }

    @Test func `is shared by equal lists, and by those alone`() async throws {
        defer { ForkServer.stop() }
        let lists: [[any ForkServerPreload.Type]] = [[SharedTable.self], [Nothing.self, SharedTable.self], []]
        for list in lists + lists {
            #expect(try await outcome(preloading(list)).get().madeIn != 0 || list.isEmpty)
        }
        let servers = Set(lists.compactMap { ForkServer.processIdentifier(preload: $0) })
        #expect(servers.count == 3)
        #expect(ForkServer.processIdentifier(preload: []) == ForkServer.processIdentifier)
        #expect(ForkServer.processIdentifier(preload: [SharedTable.self, Nothing.self]) == nil)
    }

    @Test(
        "is made again in the server that replaces one that died",
        .origin("_test_multiprocessing._TestProcess.test_forkserver_sigkill"))
    func replaced() async throws {
        defer { ForkServer.stop() }
        let settings = preloading([SharedTable.self])
        try ForkServer.start(preload: settings.preload)
        let first = try #require(ForkServer.processIdentifier(preload: settings.preload))
        #expect(try await outcome(settings).get().madeIn == first)
        kill(first, SIGKILL)
        while let entry = ProcessTable.entry(of: first), !entry.isZombie { sched_yield() }
        let second = try await outcome(settings).get().madeIn
        #expect(second != first)
        #expect(second == ForkServer.processIdentifier(preload: settings.preload))
    }

    @Test func `that leaves a thread behind is refused, and what it did is said`() async throws {
        defer { ForkServer.stop() }
        let error = try await failure(of: [LeavesThread.self])
        #expect(error.text.contains("it left 1 more thread than"), "\(error)")
        // No pool is made with it either, and nothing is left of the attempt.
        do {
            _ = try ProcessPool(workers: 1, by: .forkServer, settings: preloading([LeavesThread.self]))
            Issue.record("it was made")
        } catch {
            #expect("\(error)".contains("could not preload for the workers"), "\(error)")
        }
    }

    @Test func `that ends its server says how`() async throws {
        defer { ForkServer.stop() }
        #expect(try await failure(of: [EndsServer.self]).text.contains("exited with code 7"))
        #expect(try await failure(of: [KillsServer.self]).text.contains("SIGKILL"))
        // Others are not touched by it.
        #expect(try await outcome(preloading([SharedTable.self])).get().madeIn != 0)
    }

    @Test(arguments: [StartMethod.spawn, .forkServer])
    func `whose type has no name elsewhere is refused with a remedy`(_ method: StartMethod) throws {
        enum Local: ForkServerPreload { static func preload() {} }
        do {
            _ = try ChildProcess.start(ReadingTable(), by: method, settings: preloading([Local.self]))
            Issue.record("it was started")
        } catch {
            guard case .notStarted(.preloadFailed(let error)) = error else {
                Issue.record("found \(error)")
                return
            }
            #expect(error.text.contains("make it internal or public"))
        }
    }

    @Test func `that never ends does so with the parent`() async throws {
        let probe = try Program.start(try BuiltProducts.path(of: "Probe"), ["preloading", "forkserver"])
        _ = try await probe.line(containing: "begun", on: .standardOutput)
        probe.send(signal: SIGKILL)
        #expect(try await probe.wait().status == .signaled(SIGKILL))
        let survivors = await probe.survivors(after: .seconds(1))
        #expect(survivors.isEmpty)
    }

    @Test func `that never ends does so when its server is let go`() throws {
        try ForkServer.start(preload: [NeverEnds.self])
        let server = try #require(ForkServer.processIdentifier(preload: [NeverEnds.self]))
        ForkServer.stop()
        #expect(ProcessTable.entry(of: server) == nil)
    }

    private func preloading(_ list: [any ForkServerPreload.Type]) -> WorkerSettings {
        var settings = WorkerSettings()
        settings.preload = list
        return settings
    }

    private func outcome(_ settings: WorkerSettings) async throws -> Result<ReadingTable.Facts, WorkFailure> {
        do {
            let child = try ChildProcess.start(ReadingTable(), by: .forkServer, settings: settings)
            return await child.outcome
        } catch {
            return .failure(error)
        }
    }

    private func failure(of list: [any ForkServerPreload.Type]) async throws -> WorkError {
        guard case .failure(.notStarted(.preloadFailed(let error))) = try await outcome(preloading(list)) else {
            throw Unexpected()
        }
        return error
    }

    private struct Unexpected: Error {}
}

/// 16 MiB of numbers.
enum SharedTable: ForkServerPreload {
    static let count = 1 << 21
    // Set by the one thread that there is, before any work.
    nonisolated(unsafe) static var values: [UInt64] = []
    nonisolated(unsafe) static var madeIn: Int32 = 0

    static func preload() {
        unsafe values = (0..<UInt64(count)).map { $0 }
        unsafe madeIn = getpid()
    }
}

enum Nothing: ForkServerPreload {
    static func preload() {}
}

enum LeavesThread: ForkServerPreload {
    static func preload() {
        var thread = pthread_t()
        // Sleeps for the rest of the process's life.
        unsafe pthread_create(&thread, nil, { _ in while true { pause() } }, nil)
    }
}

enum EndsServer: ForkServerPreload {
    static func preload() { exit(7) }
}

enum NeverEnds: ForkServerPreload {
    static func preload() { while true { pause() } }
}

enum KillsServer: ForkServerPreload {
    static func preload() { kill(getpid(), SIGKILL) }
}

struct ReadingTable: Work {
    struct Facts: Codable, Sendable {
        var madeIn: Int32
        var sum: UInt64
        var privateBytes: Int
    }

    func run() throws -> Facts {
        // Written before any work only.
        let sum = unsafe SharedTable.values.withUnsafeBufferPointer { unsafe $0.reduce(0, &+) }
        var privateKilobytes = 0
        for line in try TestFile.text("/proc/self/smaps_rollup").split(separator: "\n") where line.hasPrefix("Private")
        {
            privateKilobytes += line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return unsafe Facts(madeIn: SharedTable.madeIn, sum: sum, privateBytes: privateKilobytes << 10)
    }
}
