// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite("The decisions of a pool of processes")
struct ProcessPoolStateMachineTests {
    typealias Machine = ProcessPoolStateMachine

    /// A machine whose workers 1 and 2 run.
    private func running() -> Machine {
        var machine = Machine()
        machine.expectStarts(2)
        let found1 = machine.workerStarted(1)
        #expect(found1 == [])
        let found2 = machine.workerStarted(2)
        #expect(found2 == [])
        return machine
    }

    private func submit(_ machine: inout Machine) throws -> (Machine.WorkID, [Machine.Action]) {
        let submitted = machine.submit()
        return try #require(submitted)
    }

    private func answer(
        _ worker: Machine.WorkerID, _ machine: inout Machine
    ) throws -> (Machine.WorkID, [Machine.Action]) {
        let answered = machine.answered(worker)
        return try #require(answered)
    }

    @Test("rule 1: a worker is given one piece of work at a time, in the order of submission")
    func oneAtATime() throws {
        var machine = running()
        let (first, firstActions) = try submit(&machine)
        let (second, secondActions) = try submit(&machine)
        let (third, thirdActions) = try submit(&machine)
        #expect(firstActions == [.send(first, to: 2)])
        #expect(secondActions == [.send(second, to: 1)])
        #expect(thirdActions == [])
        let (answered, next) = try answer(1, &machine)
        let found3 = answered
        #expect(found3 == second)
        #expect(next == [.send(third, to: 1)])
    }

    @Test("an answer from a worker without work is nobody's")
    func strayAnswer() {
        var machine = running()
        let found4 = machine.answered(1)
        #expect(found4 == nil)
    }

    @Test("rule 2 and 3: a worker that ends fails its own work and is replaced")
    func death() throws {
        var machine = running()
        let (first, _) = try submit(&machine)
        let (second, _) = try submit(&machine)
        let found5 = machine.workerEnded(2)
        #expect(found5 == [.fail(first, .died), .startWorker])
        let found6 = machine.workerStarted(3)
        #expect(found6 == [])
        let found7 = try answer(1, &machine).0
        #expect(found7 == second)
        let (third, actions) = try submit(&machine)
        #expect(actions == [.send(third, to: 1)])
    }

    @Test("rule 4: workers that end before any work break the pool, and what waits fails")
    func breakDown() throws {
        var machine = Machine()
        machine.expectStarts(1)
        _ = machine.workerStarted(1)
        for worker in 1...2 {
            let found8 = machine.workerEnded(worker)
            #expect(found8 == [.startWorker])
            _ = machine.workerStarted(worker + 1)
        }
        let found9 = machine.workerEnded(3)
        #expect(found9 == [])
        // It is tried again for new work, once.
        let (work, actions) = try submit(&machine)
        #expect(actions == [.startWorker])
        let found10 = machine.workerStarted(4)
        #expect(found10 == [.send(work, to: 4)])
    }

    @Test("workers that die with work in hand never break the pool")
    func deadlyWork() throws {
        var machine = Machine()
        machine.expectStarts(1)
        _ = machine.workerStarted(1)
        for worker in 1...20 {
            let (work, _) = try submit(&machine)
            let found11 = machine.workerEnded(worker)
            #expect(found11 == [.fail(work, .died), .startWorker])
            _ = machine.workerStarted(worker + 1)
        }
    }

    @Test("a start that fails costs nothing while others work, and fails what waits when none is left")
    func startFailure() throws {
        var machine = running()
        let (first, _) = try submit(&machine)
        let (second, _) = try submit(&machine)
        let (third, _) = try submit(&machine)
        let found12 = machine.workerEnded(1)
        #expect(found12 == [.fail(second, .died), .startWorker])
        let found13 = machine.startFailed()
        #expect(found13 == [])
        let found14 = machine.workerEnded(2)
        #expect(found14 == [.fail(first, .died), .startWorker])
        let found15 = machine.startFailed()
        #expect(found15 == [.fail(third, .notStarted)])
    }

    @Test("waiting work can be cancelled, running work cannot")
    func cancelling() throws {
        var machine = running()
        let (first, _) = try submit(&machine)
        _ = try submit(&machine)
        let (third, _) = try submit(&machine)
        let found16 = machine.cancel(third)
        #expect(found16 == [.fail(third, .cancelled)])
        let found17 = machine.cancel(third)
        #expect(found17 == [])
        let found18 = machine.cancel(first)
        #expect(found18 == [])
    }

    @Test("rule 5: finishing stops idle workers, waits for the busy ones and ends with the last")
    func finishing() throws {
        var machine = running()
        let (work, _) = try submit(&machine)
        let found19 = machine.shutDown(.finishing)
        #expect(found19 == [.stop(1)])
        let found20 = machine.submit()
        #expect(found20 == nil)
        let found21 = machine.workerEnded(1)
        #expect(found21 == [])
        let found22 = try answer(2, &machine)
        #expect(found22 == (work, [.stop(2)]))
        let found23 = machine.workerEnded(2)
        #expect(found23 == [.end])
        #expect(machine.hasEnded)
        let found24 = machine.shutDown(.abandoning)
        #expect(found24 == [])
    }

    @Test("finishing replaces a worker that dies while work still waits")
    func finishingWithDeath() throws {
        var machine = Machine()
        machine.expectStarts(1)
        _ = machine.workerStarted(1)
        let (first, _) = try submit(&machine)
        let (second, _) = try submit(&machine)
        let found25 = machine.shutDown(.finishing)
        #expect(found25 == [])
        let found26 = machine.workerEnded(1)
        #expect(found26 == [.fail(first, .died), .startWorker])
        let found27 = machine.workerStarted(2)
        #expect(found27 == [.send(second, to: 2)])
        let found28 = try answer(2, &machine)
        #expect(found28 == (second, [.stop(2)]))
        let found29 = machine.workerEnded(2)
        #expect(found29 == [.end])
    }

    @Test("abandoning kills every worker and fails what waits; a worker that starts too late is killed")
    func abandoning() throws {
        var machine = running()
        machine.expectStarts(1)
        let (first, _) = try submit(&machine)
        let (second, _) = try submit(&machine)
        let (third, _) = try submit(&machine)
        let found30 = machine.shutDown(.abandoning)
        #expect(found30 == [.fail(third, .shutDown), .kill(1), .kill(2)])
        let found31 = machine.workerEnded(2)
        #expect(found31 == [.fail(first, .shutDown)])
        let found32 = machine.workerEnded(1)
        #expect(found32 == [.fail(second, .shutDown)])
        let found33 = machine.workerStarted(3)
        #expect(found33 == [.kill(3)])
        let found34 = machine.workerEnded(3)
        #expect(found34 == [.end])
    }
}

@Suite("A queue that can be left early")
struct WorkQueueTests {
    @Test("items come in order, without those that were taken out")
    func order() {
        var queue = WorkQueue<String>()
        let numbers = ["a", "b", "c", "d"].map { queue.append($0) }
        #expect(queue.remove(numbers[1]) == "b")
        #expect(queue.remove(numbers[1]) == nil)
        #expect(queue.popFirst()?.1 == "a")
        #expect(queue.popFirst()?.1 == "c")
        #expect(!queue.isEmpty)
        #expect(queue.removeAll() == ["d"])
        #expect(queue.isEmpty)
        #expect(queue.popFirst() == nil)
    }
}
