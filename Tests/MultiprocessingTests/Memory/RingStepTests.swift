// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

/// A child dies at each step of sending, of receiving and of waiting; what it has published is there once and whole, and
/// the living go on.
@Suite("A ring whose users die at every step", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct RingStepTests {
    /// How large the messages are: in the ring, in pages of their own, behind them; and several at once.
    enum Form: String, CaseIterable, Codable { case inline, large, huge, batch }

    private static func message(_ number: UInt8, _ form: Form) -> [UInt8] {
        let count =
            switch form {
            case .inline, .batch: 100
            case .large: 5_000
            case .huge: 100_000
            }
        return [number] + [UInt8](repeating: number &+ 1, count: count)
    }

    private static func queue() throws -> SharedQueue<[UInt8]> {
        try SharedQueue(capacity: 16, byteCount: 4_096, largeByteCount: 1 << 20)
    }

    @Test(arguments: RingStep.allCases.filter { "\($0)".hasPrefix("producer") }, Form.allCases)
    func `a sender that dies has sent all or nothing`(_ step: RingStep, _ form: Form) async throws {
        let queue = try Self.queue()
        let round = { (first: UInt8) async throws -> Void in
            let sent = [first + 1, first + 2].map { Self.message($0, form) }
            try await queue.send(Self.message(first, form))
            let child = try ChildProcess.start(
                DyingSender(queue: queue.sender, messages: form == .batch ? sent : [sent[0]], step: step))
            let died = await child.exitStatus == .signaled(SIGKILL)
            try await queue.send(Self.message(first + 3, form), timeout: .seconds(10))
            let found = try await queue.receiver.receive(upTo: 10)
            let isSent = !died || step.rawValue >= RingStep.producerHasPublished.rawValue
            let expected: [UInt8] = isSent ? (form == .batch ? [0, 1, 2, 3] : [0, 1, 3]) : [0, 3]
            #expect(found == expected.map { Self.message(first + $0, form) })
        }
        // The second time over what the first left behind.
        for first in [UInt8(10), 20] { try await round(first) }
        try await Self.expectSound(queue)
    }

    @Test(arguments: RingStep.allCases.filter { "\($0)".hasPrefix("consumer") }, Form.allCases)
    func `what a receiver that dies has not taken goes to another`(_ step: RingStep, _ form: Form) async throws {
        let queue = try Self.queue()
        for first in [UInt8(10), 20] {
            for number in 0..<4 { try await queue.send(Self.message(first + UInt8(number), form)) }
            let count = form == .batch ? 2 : 1
            let child = try ChildProcess.start(DyingReceiver(queue: queue.receiver, count: count, step: step))
            let died = await child.exitStatus == .signaled(SIGKILL)
            let isTaken = !died || step.rawValue >= RingStep.consumerHasTaken.rawValue
            var expected = [UInt8(0), 1, 2, 3].map { Self.message(first + $0, form) }
            if isTaken { expected.removeFirst(count) }
            #expect(try await queue.receiver.receive(upTo: 10, timeout: .seconds(10)) == expected)
        }
        try await Self.expectSound(queue)
    }

    @Test(arguments: RingStep.allCases.filter { "\($0)".hasPrefix("sleeper") }, [true, false])
    func `a wake-up that died with its receiver reaches another`(_ step: RingStep, _ othersWaitToo: Bool) async throws {
        let queue = try Self.queue()
        let child = try ChildProcess.start(DyingReceiver(queue: queue.receiver, count: 1, step: step))
        while queue.receiver.end.ring.receiversAsleep.value == 0 { await Task.yield() }
        await Self.waitUntilAsleep(child.processIdentifier)
        async let other = othersWaitToo ? queue.receive(timeout: .seconds(20)) : nil
        let start = ContinuousClock.now
        try await queue.send([1])
        if othersWaitToo {
            // The child may be the one who gets it, and dies later; then there is another.
            try await queue.send([1])
            #expect(try await other == [1])
        }
        #expect(await child.exitStatus == .signaled(SIGKILL))
        #expect(ContinuousClock.now - start < .seconds(5))
        try await queue.receiver.drain()
        try await Self.expectSound(queue)
    }

    @Test(arguments: RingStep.allCases.filter { "\($0)".hasPrefix("sleeper") })
    func `a wake-up that died with its sender reaches another`(_ step: RingStep) async throws {
        let queue = try SharedQueue<[UInt8]>(capacity: 1)
        try await queue.send([0])
        let child = try ChildProcess.start(DyingSender(queue: queue.sender, messages: [[1]], step: step))
        while queue.sender.end.ring.sendersAsleep.value == 0 { await Task.yield() }
        await Self.waitUntilAsleep(child.processIdentifier)
        async let other: Void = queue.send([2], timeout: .seconds(20))
        let start = ContinuousClock.now
        #expect(try await queue.receive() == [0])
        #expect(await child.exitStatus == .signaled(SIGKILL))
        #expect(try await queue.receive(timeout: .seconds(10)) == [2])
        try await other
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    /// Who has announced that it sleeps looks once more before it does; what is sent in between it takes without ever having
    /// slept, and does not come to the step at which it is to die. Returns also when the process has died.
    private static func waitUntilAsleep(_ process: Int32) async {
        let threads = "/proc/\(process)/task"
        while true {
            let states = TestFile.names(in: threads).compactMap { thread in
                (try? TestFile.text("\(threads)/\(thread)/stat"))?.split(separator: ")").last?.split(separator: " ")
                    .first
            }
            if states.allSatisfy({ $0 != "R" }) { return }
            await Task.yield()
        }
    }

    /// Nothing is left in it, and it works as a new one does.
    private static func expectSound(_ queue: SharedQueue<[UInt8]>) async throws {
        #expect(queue.isEmpty)
        for form in Form.allCases {
            for number in 0..<20 {
                try await queue.send(message(UInt8(number), form), timeout: .seconds(10))
                #expect(try await queue.receive(timeout: .seconds(10)) == message(UInt8(number), form))
            }
        }
        let ring = queue.sender.end.ring
        // What was behind the mapped part has been given back, also what the dead had left.
        #expect(try ring.file.byteCounts().reserved <= ring.parameters.mappedByteCount)
    }
}

extension SharedQueue.Receiver {
    /// Takes all that is there.
    fileprivate func drain() async throws { while !isEmpty { _ = try await receive(timeout: .seconds(10)) } }
}

extension RingStep: Codable {
    /// Lets this process die when it comes there.
    func becomesTheLast() {
        #if DEBUG
            let last = self
            // Set before anything else of this process touches a ring.
            unsafe RingStep.hook = { step in if step == last { kill(getpid(), SIGKILL) } }
        #endif
    }
}

struct DyingSender: Work {
    var queue: SharedQueue<[UInt8]>.Sender
    var messages: [[UInt8]]
    var step: RingStep

    func run() throws {
        step.becomesTheLast()
        if messages.count == 1 { try queue.send(messages[0]) } else { try queue.send(contentsOf: messages) }
    }
}

struct DyingReceiver: Work {
    var queue: SharedQueue<[UInt8]>.Receiver
    var count: Int
    var step: RingStep

    func run() throws {
        step.becomesTheLast()
        if count == 1 { _ = try queue.receive() } else { _ = try queue.receive(upTo: count) }
    }
}
