// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

/// The order in which waiters are let in, step by step, without anybody who sleeps.
@Suite struct ReadWriteCoreTests {
    private typealias Attempt = ReadWriteCore.Attempt

    private func core() throws -> ReadWriteCore {
        ReadWriteCore(try SharedObject(.readWriteLock, payloadByteCount: ParticipantTable.byteCount))
    }

    private func look(_ core: ReadWriteCore, _ attempt: inout Attempt) -> ReadWriteCore.Hold? {
        if case .done(let hold) = core.look(&attempt, checksLives: false) { return hold }
        return nil
    }

    @Test func `who waited to read while a writer wrote is let in before the next writer`() throws {
        let core = try core()
        let first = try #require(core.tryTake(.write))
        var (reader, writer) = (Attempt(.read), Attempt(.write))
        #expect(look(core, &reader) == nil)
        #expect(look(core, &writer) == nil)
        core.release(first)
        // The reader is due: the writer waits although nobody is inside, and so does a reader who comes only now.
        #expect(look(core, &writer) == nil)
        #expect(core.tryTake(.write) == nil)
        #expect(core.tryTake(.read) == nil)
        let read = try #require(look(core, &reader))
        #expect(core.tryTake(.read) == nil)
        core.release(read)
        let written = try #require(look(core, &writer))
        core.release(written)
        #expect(core.tryTake(.read) != nil)
    }

    @Test func `a reader who comes while a writer waits is let in after it`() throws {
        let core = try core()
        let first = try #require(core.tryTake(.read))
        var (writer, reader) = (Attempt(.write), Attempt(.read))
        #expect(look(core, &writer) == nil)
        #expect(look(core, &reader) == nil)
        core.release(first)
        #expect(look(core, &reader) == nil)
        let written = try #require(look(core, &writer))
        #expect(look(core, &reader) == nil)
        core.release(written)
        #expect(look(core, &reader) != nil)
    }

    @Test func `who gives up waiting leaves nothing behind`() throws {
        let core = try core()
        let first = try #require(core.tryTake(.write))
        var (reader, writer) = (Attempt(.read), Attempt(.write))
        for _ in 0..<3 {
            #expect(look(core, &reader) == nil)
            #expect(look(core, &writer) == nil)
        }
        core.release(first)
        core.leave(reader)
        core.leave(writer)
        let again = try #require(core.tryTake(.write))
        core.release(again)
        #expect(core.tryTake(.read) != nil)
        core.table.forEachState { #expect($0 == 1) }
    }

    @Test func `a writer who has waited for long comes before one who comes then`() throws {
        let core = try core()
        let first = try #require(core.tryTake(.write))
        var (long, short) = (Attempt(.write), Attempt(.write))
        #expect(look(core, &long) == nil)
        #expect(look(core, &short) == nil)
        guard case .sleep = core.look(&long, checksLives: true) else { throw Stuck(what: "two write") }
        core.release(first)
        #expect(core.tryTake(.write, asLast: true) == nil)
        #expect(look(core, &short) == nil)
        let hold = try #require(look(core, &long))
        core.release(hold)
        let next = try #require(look(core, &short))
        core.release(next)
        core.table.forEachState { _ in Issue.record("somebody is still counted") }
        #expect(core.tryTake(.write, asLast: true) != nil)
    }

    @Test func `who has waited for a permit for long comes before one who comes then`() throws {
        let semaphore = try SemaphoreCore(permits: 1, limit: 1, returnsPermits: true)
        #expect(semaphore.tryTake(asLast: true))
        var (long, other) = (SemaphoreCore.Attempt(), SemaphoreCore.Attempt())
        guard case .sleep = semaphore.look(&long, checksLives: true) else { throw Stuck(what: "a second permit") }
        guard case .sleep = semaphore.look(&other, checksLives: true) else { throw Stuck(what: "a second permit") }
        #expect(semaphore.give(1))
        #expect(!semaphore.tryTake(asLast: true))
        #expect(semaphore.availableNow == 1)
        semaphore.leave(other)
        guard case .done = semaphore.look(&long, checksLives: false) else { throw Stuck(what: "it did not come first") }
        #expect(semaphore.give(1))
        semaphore.table.forEachState { _ in Issue.record("somebody is still counted") }
        #expect(semaphore.tryTake(asLast: true))
    }

    @Test func `a count that is full keeps the next out, and is not passed`() throws {
        let core = try core()
        let first = try #require(core.tryTake(.read))
        // Bits 0 to 15 of this process's state.
        core.table.object.wideWord(at: 64 + 8).store(0x7fff)
        #expect(core.tryTake(.read) == nil)
        core.release(first)
        #expect(core.tryTake(.read) != nil)
    }
}
