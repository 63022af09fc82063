// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("A writer that is killed", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct DeadWriterTests {
    @Test("leaves a shared value whole")
    func value() async throws {
        let heart = try Heart()
        let value = try SharedValue(Numbers())
        var last = 0
        try await KillRounds().run(heart, killing: { _ in ChangingValue(value: value, heart: heart) }) { round in
            let found = value.load()
            #expect(found.isWhole, "round \(round)")
            #expect(found.first >= last)
            last = found.first + 1
            try await value.withLock(timeout: .seconds(5)) { $0.raise() }
            #expect(value.load().isWhole && value.load().first == last, "round \(round)")
        }
        #expect(last > 0)
    }

    @Test("never lets a reader see half of a change")
    func readers() async throws {
        let heart = try Heart()
        let value = try SharedValue(Numbers())
        let child = try ChildProcess.start(ChangingValue(value: value, heart: heart), by: .forkServer)
        await heart.reaches(1)
        var last = 0
        for _ in 0..<500 {
            let found = value.load()
            #expect(found.isWhole && found.first >= last)
            last = found.first
        }
        child.kill()
        _ = await child.outcome
    }

    @Test("is reported by a shared array, until that is repaired")
    func array() async throws {
        let heart = try Heart()
        let array = try SharedArray(repeating: 0, count: 64)
        var deaths = 0
        try await KillRounds().run(heart, killing: { _ in ChangingArray(array: array, heart: heart) }) { round in
            do throws(SharedLockError<Never>) {
                let found = try await array.withSpan(timeout: .seconds(5)) { span in
                    span.indices.allSatisfy { span[$0] == span[0] }
                }
                #expect(found, "round \(round): torn without a word of it")
            } catch {
                guard case .ownerDied(let thread) = error else { throw Violation("\(error)") }
                #expect(thread > 0)
                deaths += 1
                await #expect(throws: error) { try await array.setElement(1, at: 0) }
                #expect(try await array.repair { span in for index in span.indices { span[index] = 0 } })
                #expect(try await !array.repair { _ in })
            }
            #expect(try await array.element(at: 63) >= 0)
        }
        // Most of its time the child is inside.
        #expect(deaths > 0)
    }

    @Test("is reported by shared memory, until that is repaired")
    func memory() async throws {
        let heart = try Heart()
        let memory = try SharedMemory(byteCount: 4096)
        // By spawn its work runs on the main thread, whose number is the process's.
        let child = try ChildProcess.start(HoldingMemory(memory: memory, heart: heart), by: .spawn)
        await heart.reaches(1)
        child.kill()
        await #expect(throws: SharedMemoryAccessError<Never>.ownerDied(thread: child.processIdentifier)) {
            try await memory.withSpan { _ in }
        }
        await #expect(throws: SharedMemoryAccessError<SystemError>.ownerDied(thread: child.processIdentifier)) {
            try await memory.sealWrites()
        }
        #expect(try await memory.repair { $0.storeBytes(of: 0, toByteOffset: 0, as: UInt8.self) })
        try await memory.sealWrites()
        try await memory.withSpan { #expect($0.byteCount == 4096) }
        _ = await child.outcome
    }

    @Test("loses nothing that it has counted, and its shards are given out again")
    func counter() async throws {
        let heart = try Heart()
        let counter = try SharedCounter(claimableShards: 1)
        var last = 0
        try await KillRounds().run(heart, killing: { _ in CountingForEver(counter: counter, heart: heart) }) { round in
            let total = counter.total
            // At least what was counted before the first beat.
            #expect(total >= last + 10, "round \(round)")
            last = total
            // Nobody counts any more.
            #expect(counter.total == total)
        }
    }
}

/// So large that a kill in the middle of a change is likely.
struct Numbers: BitwiseCopyable, Sendable {
    private var all = InlineArray<512, Int>(repeating: 0)

    var first: Int { all[0] }
    var isWhole: Bool { all.indices.allSatisfy { all[$0] == all[0] } }

    mutating func raise() { for index in all.indices { all[index] += 1 } }
}

struct ChangingValue: Work {
    var value: SharedValue<Numbers>
    var heart: Heart
    func run() throws {
        while true {
            try value.withLock { $0.raise() }
            heart.beat()
        }
    }
}

struct ChangingArray: Work {
    var array: SharedArray<Int>
    var heart: Heart
    func run() throws {
        while true {
            try array.withMutableSpan { span in
                for index in span.indices { span[index] += 1 }
                heart.beat()
                for index in span.indices { span[index] += 1 }
            }
        }
    }
}

struct HoldingMemory: Work {
    var memory: SharedMemory
    var heart: Heart
    func run() throws {
        try memory.withMutableSpan { bytes in
            bytes.storeBytes(of: 1, toByteOffset: 0, as: UInt8.self)
            heart.beat()
            while true { sched_yield() }
        }
    }
}

struct CountingForEver: Work {
    var counter: SharedCounter
    var heart: Heart
    func run() {
        // The one of the dead before.
        guard var shard = counter.claimShard() else { return }
        for _ in 0..<10 { shard.add() }
        while true {
            heart.beat()
            shard.add()
        }
    }
}
