// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

/// A machine with its clock, whose workers have begun nothing but what the test says.
struct TestedPool {
    typealias Machine = ProcessPoolStateMachine

    var machine: Machine
    var now: Int64 = 1
    /// Tags of pieces that workers have begun.
    var begun: Set<UInt32> = []
    /// When the pieces that workers do have begun.
    var beginning: Int64? = 0

    init(workers: Int, _ change: (inout Machine.Rules) -> Void = { _ in }) {
        var rules = Machine.Rules()
        rules.workers = workers
        rules.grace = 100
        rules.restarts.firstDelay = .zero
        change(&rules)
        machine = Machine(rules)
        machine.expectStarts(workers)
        for id in 1...workers { machine.workerStarted(id, at: now) }
        _ = machine.takeActions()
    }

    mutating func submit(_ piece: Machine.Piece = Machine.Piece()) -> Machine.WorkID? {
        let work = machine.submit(piece)
        machine.dispatch(at: now)
        return work
    }

    /// New work, which is accepted.
    mutating func submitted(_ piece: Machine.Piece = Machine.Piece()) throws -> Machine.WorkID {
        let work = submit(piece)
        return try #require(work)
    }

    mutating func actions() -> [Machine.Action] { machine.takeActions() }

    /// The tag of the piece that a worker does.
    func tag(_ worker: Int) -> UInt32 { machine.workers[worker]?.sent.first?.tag ?? .max }

    mutating func answer(_ worker: Int) -> Machine.Answer {
        let answer = machine.answered(worker, tag(worker), passes: false, at: now)
        machine.dispatch(at: now)
        return answer
    }

    mutating func pass(_ worker: Int) -> Machine.Answer {
        let answer = machine.answered(worker, tag(worker), passes: true, at: now)
        machine.dispatch(at: now)
        return answer
    }

    /// The worker ends while it does its first piece.
    mutating func crash(_ worker: Int) { machine.workerEnded(worker, at: now) { _ in true } }

    /// The worker ends with nothing begun.
    mutating func vanish(_ worker: Int) { machine.workerEnded(worker, at: now) { _ in false } }

    mutating func cancel(_ work: Machine.WorkID) {
        let begun = begun
        machine.cancel(work, at: now) { !begun.contains($1) }
    }

    mutating func tick(_ time: Int64) {
        now = time
        let beginning = beginning
        machine.tick(at: now, beginning: { _, _ in beginning }, { _, _ in true })
    }

    mutating func share() { machine.share(at: now) { _, _ in true } }
}

@Suite("The decisions of a pool of processes")
struct ProcessPoolStateMachineTests {
    typealias Machine = ProcessPoolStateMachine

    @Test("rule 1: work goes to idle workers first, then ahead to those that are busy, in the order of submission")
    func order() throws {
        var pool = TestedPool(workers: 2)
        let works = try (0..<5).map { _ in try pool.submitted() }
        let sent = pool.actions()
        // Two for each while nobody knows how long they run; the fifth waits.
        #expect(sent.count == 4)
        #expect(sent[0] == .send(works[0], to: 2, tag: 1))
        #expect(sent[1] == .send(works[1], to: 1, tag: 1))
        let answered = pool.answer(1)
        #expect(answered == .work(works[1]))
        let found1 = pool.actions()
        #expect(found1.contains { if case .send(works[4], to: 1, _) = $0 { true } else { false } })
    }

    @Test("short works are sent far ahead, long ones are not")
    func depth() throws {
        var pool = TestedPool(workers: 1)
        pool.machine.noteRun(1_000)
        for _ in 0..<50 { _ = pool.submit() }
        let count1 = pool.actions().count
        #expect(count1 == 32)
        pool = TestedPool(workers: 1)
        pool.machine.noteRun(10_000_000)
        for _ in 0..<50 { _ = pool.submit() }
        let count2 = pool.actions().count
        #expect(count2 == 2)
    }

    @Test("an answer to nothing, or to another piece, is a breach")
    func strayAnswers() throws {
        var pool = TestedPool(workers: 1)
        let stray = pool.machine.answered(1, 5, passes: false, at: 1)
        #expect(stray == .breach)
        _ = pool.submit()
        let wrong = pool.machine.answered(1, 7, passes: false, at: 1)
        #expect(wrong == .breach)
        let passed = pool.machine.answered(1, pool.tag(1), passes: true, at: 1)
        #expect(passed == .breach)
    }

    @Test("rules 2 and 3: a worker that ends fails what it had begun, the rest goes to others, and it is replaced")
    func death() throws {
        var pool = TestedPool(workers: 1)
        let first = try pool.submitted()
        let second = try pool.submitted()
        _ = pool.actions()
        pool.crash(1)
        let found2 = pool.actions()
        #expect(found2 == [.fail(first, .died), .startWorker])
        pool.machine.workerStarted(2, at: pool.now)
        let found3 = pool.actions()
        #expect(found3 == [.send(second, to: 2, tag: 1)])
    }

    @Test("rule 4: workers that end before any work break the pool, and what waits fails")
    func breakDown() throws {
        var pool = TestedPool(workers: 1)
        for worker in 1...2 {
            pool.vanish(worker)
            let found4 = pool.actions()
            #expect(found4 == [.startWorker])
            pool.machine.workerStarted(worker + 1, at: pool.now)
        }
        let waiting = try pool.submitted()
        _ = pool.actions()
        pool.vanish(3)
        let found5 = pool.actions()
        #expect(found5 == [.fail(waiting, .broken)])
        // It is tried again for new work.
        let work = try pool.submitted()
        let found6 = pool.actions()
        #expect(found6 == [.startWorker])
        pool.machine.workerStarted(4, at: pool.now)
        let found7 = pool.actions()
        #expect(found7 == [.send(work, to: 4, tag: 1)])
    }

    @Test("workers that die with work in hand never break the pool")
    func deadlyWork() throws {
        var pool = TestedPool(workers: 1)
        for worker in 1...20 {
            let work = try pool.submitted()
            _ = pool.actions()
            pool.crash(worker)
            let found8 = pool.actions()
            #expect(found8 == [.fail(work, .died), .startWorker])
            pool.machine.workerStarted(worker + 1, at: pool.now)
        }
    }

    @Test("a start that fails costs nothing while others work, and fails what waits when none is left")
    func startFailure() throws {
        var pool = TestedPool(workers: 2)
        pool.machine.noteRun(1_000_000_000)
        let works = try (0..<5).map { _ in try pool.submitted() }
        _ = pool.actions()
        pool.crash(1)
        let found9 = pool.actions()
        #expect(found9.contains(.fail(works[1], .died)))
        pool.machine.startFailed(at: pool.now)
        let found10 = pool.actions()
        #expect(found10 == [])
        pool.crash(2)
        let found11 = pool.actions()
        #expect(found11.contains(.fail(works[0], .died)))
        pool.machine.startFailed(at: pool.now)
        pool.machine.startFailed(at: pool.now)
        let found12 = pool.actions()
        #expect(Set(found12.map(String.init(describing:))).count == 3)
    }

    @Test("rule 5: finishing stops idle workers, waits for the busy ones and ends with the last")
    func finishing() throws {
        var pool = TestedPool(workers: 2)
        let work = try pool.submitted()
        _ = pool.actions()
        pool.machine.shutDown(.finishing, at: pool.now)
        let found13 = pool.actions()
        #expect(found13 == [.stop(1)])
        let refused = pool.submit()
        #expect(refused == nil)
        pool.vanish(1)
        let found14 = pool.actions()
        #expect(found14 == [])
        let answer = pool.answer(2)
        #expect(answer == .work(work))
        let found15 = pool.actions()
        #expect(found15 == [.stop(2)])
        pool.vanish(2)
        let found16 = pool.actions()
        #expect(found16 == [.end])
        #expect(pool.machine.hasEnded)
        pool.machine.shutDown(.abandoning, at: pool.now)
        let found17 = pool.actions()
        #expect(found17 == [])
    }

    @Test("finishing replaces a worker that dies while work still waits")
    func finishingWithDeath() throws {
        var pool = TestedPool(workers: 1)
        let first = try pool.submitted()
        let second = try pool.submitted()
        _ = pool.actions()
        pool.machine.shutDown(.finishing, at: pool.now)
        pool.crash(1)
        let found18 = pool.actions()
        #expect(found18 == [.fail(first, .died), .startWorker])
        pool.machine.workerStarted(2, at: pool.now)
        let found19 = pool.actions()
        #expect(found19 == [.send(second, to: 2, tag: 1)])
        _ = pool.answer(2)
        let found20 = pool.actions()
        #expect(found20 == [.stop(2)])
        pool.vanish(2)
        let found21 = pool.actions()
        #expect(found21 == [.end])
    }

    @Test("finishing within a time abandons what has not ended by then")
    func finishingInTime() throws {
        var pool = TestedPool(workers: 1)
        let work = try pool.submitted()
        _ = pool.actions()
        pool.machine.shutDown(.finishing, within: 50, at: pool.now)
        #expect(pool.machine.nextAlarm == 51)
        pool.tick(51)
        let found22 = pool.actions()
        #expect(found22 == [.kill(1)])
        pool.crash(1)
        let found23 = pool.actions()
        #expect(found23 == [.fail(work, .shutDown), .end])
    }

    @Test("abandoning kills every worker and fails what waits; a worker that starts too late is killed")
    func abandoning() throws {
        var pool = TestedPool(workers: 2)
        pool.machine.expectStarts(1)
        let works = try (0..<5).map { _ in try pool.submitted() }
        _ = pool.actions()
        pool.machine.shutDown(.abandoning, at: pool.now)
        let found24 = pool.actions()
        #expect(found24 == [.fail(works[4], .shutDown), .kill(1), .kill(2)])
        pool.crash(2)
        let found25 = pool.actions()
        #expect(found25.contains(.fail(works[0], .shutDown)))
        pool.crash(1)
        let found26 = pool.actions()
        #expect(found26.contains(.fail(works[1], .shutDown)))
        pool.machine.workerStarted(3, at: pool.now)
        let found27 = pool.actions()
        #expect(found27 == [.kill(3)])
        pool.vanish(3)
        let found28 = pool.actions()
        #expect(found28 == [.end])
    }
}
