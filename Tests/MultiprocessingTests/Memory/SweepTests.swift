// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("What the makers of named memory leave", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SweepTests {
    @Test(
        "is whole or not there, and swept, at whatever step they were killed",
        .origin(
            "_test_multiprocessing.TestResourceTracker.test_resource_tracker",
            "_test_multiprocessing.TestResourceTracker.test_resource_tracker_sigkill"),
        arguments: NamedSegment.Step.allCases)
    func steps(_ step: NamedSegment.Step) async throws {
        let name = Segments.name("step\(step.rawValue)")
        let child = try ChildProcess.start(DyingMaker(name: name, step: step), by: .forkServer)
        #expect(await child.exitStatus == .signaled(SIGKILL))
        _ = await child.outcome
        #expect(Segments.exists(name) == (step == .published))
        let listed = try NamedSharedMemory.list().filter { $0.name == name }
        switch step {
        case .made, .initialized: #expect(listed == [])
        case .recorded, .published:
            let owner = NamedSharedMemory.Owner(processIdentifier: child.processIdentifier, isAlive: false)
            #expect(
                listed == [.init(name: name, byteCount: 5_000, owner: owner, isPublished: step == .published)])
        }
        if step == .published {
            #expect(try NamedSharedMemory.attach(name: name).bytes() == [UInt8](repeating: 7, count: 5_000))
        }
        try NamedSharedMemory.sweep()
        #expect(!TestFile.names(in: "/dev/shm").contains { $0.hasPrefix(name) })
    }

    @Test("gives its name to the next maker", arguments: [NamedSegment.Step.recorded, .published])
    func restart(_ step: NamedSegment.Step) async throws {
        let name = Segments.name("restart\(step.rawValue)")
        for _ in 0..<3 {
            let child = try ChildProcess.start(DyingMaker(name: name, step: step), by: .forkServer)
            #expect(await child.exitStatus == .signaled(SIGKILL))
            _ = await child.outcome
        }
        let memory = try NamedSharedMemory.create(name: name, byteCount: 9)
        #expect(try NamedSharedMemory.attach(name: name).byteCount == 9)
        #expect(try NamedSharedMemory.list().filter { $0.name == name }.count == 1)
        #expect(memory.isOwner)
    }

    @Test(
        "goes when they were terminated or interrupted",
        .origin(
            "_test_multiprocessing.TestResourceTracker.test_resource_tracker_sigint",
            "_test_multiprocessing._TestSharedMemory.test_shared_memory_cleaned_after_process_termination",
            "_test_multiprocessing.TestResourceTracker.test_resource_tracker_sigterm"),
        arguments: [SIGTERM, SIGINT])
    func terminated(_ signal: Int32) async throws {
        let heart = try Heart()
        let name = Segments.name("terminated")
        let child = try ChildProcess.start(LivingMaker(name: name, heart: heart), by: .forkServer)
        await heart.reaches(1)
        let listed = try #require(try NamedSharedMemory.list().first { $0.name == name })
        #expect(listed.owner == .init(processIdentifier: child.processIdentifier, isAlive: true))
        // The living keep what is theirs.
        try NamedSharedMemory.sweep()
        #expect(Segments.exists(name))
        let attached = try NamedSharedMemory.attach(name: name)
        kill(child.processIdentifier, signal)
        #expect(await child.exitStatus == .signaled(signal))
        _ = await child.outcome
        try NamedSharedMemory.sweep()
        #expect(!TestFile.names(in: "/dev/shm").contains { $0.hasPrefix(name) })
        // Whoever has it mapped keeps it.
        #expect(try attached.bytes(in: 0..<1) == [0])
    }

    @Test(
        "is named by who sweeps, and what they took away themselves is not",
        .origin("_test_multiprocessing.TestResourceTracker.test_resource_tracker_exit_code"))
    func named() async throws {
        let (left, taken) = (Segments.name("left"), Segments.name("taken"))
        let child = try ChildProcess.start(DyingMaker(name: left, step: .published), by: .forkServer)
        #expect(await child.exitStatus == .signaled(SIGKILL))
        let other = try ChildProcess.start(Racing(name: taken), by: .forkServer)
        #expect(try await other.outcome.get() > 0)
        #expect(await other.exitStatus == .exited(0))
        let swept = try NamedSharedMemory.sweep()
        #expect(swept.contains(left) && !swept.contains(taken))
        let sweptAgain = try NamedSharedMemory.sweep()
        #expect(!sweptAgain.contains(left))
    }

    @Test(
        "is looked after by no process of its own, here or in a child",
        .origin("_test_multiprocessing.TestResourceTracker.test_resource_tracker_reused"),
        arguments: [StartMethod.spawn, .forkServer])
    func withoutTracker(_ method: StartMethod) async throws {
        let own = try NamedSharedMemory.create(name: Segments.name("own"), byteCount: 1)
        let before = ProcessTable.descendants(of: getpid()).map(\.processIdentifier)
        let heart = try Heart()
        let name = Segments.name("childs")
        let child = try ChildProcess.start(LivingMaker(name: name, heart: heart), by: method)
        await heart.reaches(1)
        let now = ProcessTable.descendants(of: getpid()).map(\.processIdentifier)
        #expect(Set(now).subtracting(before) == [child.processIdentifier])
        let owners = try [own.name, name].map { name in try NamedSharedMemory.list().first { $0.name == name }?.owner }
        #expect(owners.map { $0?.processIdentifier } == [getpid(), child.processIdentifier])
        child.terminate()
        _ = await child.exitStatus
        try NamedSharedMemory.sweep()
    }

    @Test("is left alone where it is somebody else's")
    func others() throws {
        let name = Segments.name("others")
        // Another program's, also one that took a dead maker's name, and one of another container.
        let dead = try #require(
            SegmentName(name)?.record(of: Identity(bits: 4 << 32 | 4_000_000 << 2), in: NamedMemory.processNamespace))
        let elsewhere = try #require(SegmentName(name + "-2")?.record(of: dead.owner, in: 77))
        let names = [name, dead.text, elsewhere.text, elsewhere.segment.text]
        for name in names { Segments.make(name, byteCount: 3) }
        defer { for name in names { Segments.remove(name) } }
        try NamedSharedMemory.sweep()
        #expect(names.map(Segments.exists) == [true, false, true, true])
        let listed = try NamedSharedMemory.list().filter { $0.name.hasPrefix(name) }
        #expect(listed.map(\.name) == [name, name + "-2", name + "-2"])
        #expect(listed.compactMap(\.owner) == [.init(processIdentifier: 4_000_000, isAlive: nil)])
        #expect(throws: NamedSharedMemoryError.nameTaken(name)) {
            try NamedSharedMemory.create(name: name, byteCount: 1)
        }
    }

    @Test("is one segment when many make one of the same name")
    func race() async throws {
        let name = Segments.name("race")
        let children = try (0..<6).map { _ in try ChildProcess.start(Racing(name: name), by: .forkServer) }
        var made = 0
        for child in children { made += try await child.outcome.get() }
        #expect(made >= 1)
        #expect(!TestFile.names(in: "/dev/shm").contains { $0.hasPrefix(name) })
    }

    @Test("may be swept at any moment while others make and end")
    func rounds() async throws {
        let heart = try Heart()
        let name = Segments.name("rounds")
        try await KillRounds().run(heart, killing: { _ in MakingForEver(name: name, heart: heart) }) { _ in
            try NamedSharedMemory.sweep()
            let left = TestFile.names(in: "/dev/shm").filter { $0.hasPrefix(name) }
            #expect(left == [])
        }
    }
}

struct DyingMaker: Work {
    var name: String
    var step: NamedSegment.Step
    func run() throws {
        guard let name = SegmentName(name) else { return }
        _ = try NamedSegment(
            creating: name, byteCount: 5_000,
            initialize: { bytes in
                for index in 0..<bytes.byteCount { bytes.storeBytes(of: 7, toByteOffset: index, as: UInt8.self) }
            }, onStep: { if $0 == step { kill(getpid(), SIGKILL) } })
    }
}

struct LivingMaker: Work {
    var name: String
    var heart: Heart
    func run() throws {
        let memory = try NamedSharedMemory.create(name: name, byteCount: 10)
        heart.beat()
        while memory.isOwner { sched_yield() }
    }
}

/// Answers how often it was the one.
struct Racing: Work {
    var name: String
    func run() throws -> Int {
        var made = 0
        for _ in 0..<200 {
            do throws(NamedSharedMemoryError) {
                let memory = try NamedSharedMemory.create(name: name, byteCount: 10)
                guard memory.isPublished else { throw .notFound(name) }
                made += 1
            } catch {
                guard error == .nameTaken(name) else { throw error }
            }
        }
        return made
    }
}

struct MakingForEver: Work {
    var name: String
    var heart: Heart
    func run() throws {
        while true {
            _ = try NamedSharedMemory.create(name: name, byteCount: 10)
            heart.beat()
        }
    }
}
