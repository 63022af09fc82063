// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Waiting for several things at once", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct WaitForAnyTests {
    @Test("finds all that are ready, in order", .origin("_test_multiprocessing.TestWait.test_wait_timeout"))
    func ready() async throws {
        let channels = try (0..<5).map { _ in try Channel<Int>() }
        let receivers = channels.map(\.receiver)
        #expect(await waitForAny(of: receivers, timeout: .zero) == [])
        #expect(await waitForAny(of: receivers, timeout: .milliseconds(3)) == [])
        try await channels[3].sender.send(1)
        try await channels[1].sender.send(1)
        channels[4].sender.finish()
        #expect(await waitForAny(of: receivers) == [1, 3, 4])
        // A look takes nothing.
        #expect(await waitForAny(of: receivers, timeout: .seconds(20)) == [1, 3, 4])
        #expect(try channels[1].receiver.tryReceive() == 1)
        channels[3].receiver.close()
        #expect(await waitForAny(of: receivers) == [3, 4])
        #expect(await waitForAny(of: [], timeout: .milliseconds(1)) == [])
    }

    @Test("does not wait for a negative time", .origin("_test_multiprocessing.TestWait.test_neg_timeout"))
    func negative() async throws {
        let channel = try Channel<Int>()
        #expect(await waitForAny(of: [channel.receiver], timeout: .seconds(-1)) == [])
        #expect(await onOwnThread { waitForAny(of: [channel.receiver], timeout: .seconds(-1)) } == [])
    }

    @Test(
        "an empty message makes ready until it is received",
        .origin("_test_multiprocessing._TestPoll.test_empty_string"))
    func emptyMessage() async throws {
        let channel = try Channel<[UInt8]>()
        #expect(await waitForAny(of: [channel.receiver], timeout: .zero) == [])
        try await channel.sender.send([])
        #expect(await waitForAny(of: [channel.receiver], timeout: .zero) == [0])
        #expect(await waitForAny(of: [channel.receiver], timeout: .zero) == [0])
        #expect(try channel.receiver.tryReceive() == [])
        #expect(await waitForAny(of: [channel.receiver], timeout: .zero) == [])
    }

    @Test(
        "an ended conversation is ready, and closing here is an end",
        .origin("_test_multiprocessing._TestListenerClient.test_issue16955"), arguments: [false, true])
    func ended(isBlocking: Bool) async throws {
        let (here, there) = try Connection<Int, Int>.pair()
        try await there.send(9)
        there.close()
        #expect(await wait(for: [here], isBlocking) == [0])
        #expect(try await here.receive() == 9)
        #expect(await wait(for: [here], isBlocking) == [0])
        #expect(try await here.receive() == nil)

        let channel = try Channel<Int>()
        async let closed = wait(for: [channel.receiver], isBlocking)
        channel.receiver.close()
        #expect(await closed == [0])
    }

    @Test("one hundred receivers at once, blocking or not", arguments: [false, true])
    func hundred(isBlocking: Bool) async throws {
        let channels = try (0..<100).map { _ in try Channel<Int>() }
        let receivers = channels.map(\.receiver)
        for index in [99, 0, 57] {
            async let found = wait(for: receivers, isBlocking)
            try await channels[index].sender.send(index)
            #expect(await found == [index])
            #expect(try receivers[index].tryReceive() == index)
        }
    }

    @Test("a cancelled task waits no longer")
    func cancelled() async throws {
        let channel = try Channel<Int>()
        let waiting = Task { await waitForAny(of: [channel.receiver]) }
        waiting.cancel()
        #expect(await waiting.value == [])
    }

    @Test(
        "a child's end is one of the things", .origin("_test_multiprocessing.TestWait.test_wait_integer"),
        arguments: [false, true])
    func child(isBlocking: Bool) async throws {
        let go = try Channel<Int>()
        let other = try Channel<Int>()
        let child = try ChildProcess.start(WaitingForMessage(receiver: go.receiver), by: .forkServer)
        let sources: [any Waitable] = [other.receiver, child]
        #expect(await waitForAny(of: sources, timeout: .milliseconds(2)) == [])
        async let found = wait(for: sources, isBlocking)
        try await go.sender.send(5)
        #expect(await found == [1])
        #expect(await child.exitStatus == .exited(0))
        try await other.sender.send(1)
        #expect(await wait(for: sources, isBlocking) == [0, 1])
    }

    @Test(
        "messages of several children, quick or slow, are all found and their ends too",
        .origin(
            "_test_multiprocessing.TestWait.test_wait", "_test_multiprocessing.TestWait.test_wait_slow",
            "_test_multiprocessing.TestWait.test_wait_socket", "_test_multiprocessing.TestWait.test_wait_socket_slow"),
        arguments: [StartMethod.spawn, .forkServer], [false, true])
    func children(_ method: StartMethod, isBlocking: Bool) async throws {
        var receivers: [Receiver<Int>] = []
        var children: [ChildProcess<Void>] = []
        for child in 0..<4 {
            let channel = try Channel<Int>()
            let work = SendingSlowly(numbers: (0..<10).map { child * 100 + $0 }, sender: channel.sender)
            children.append(try ChildProcess.start(work, by: method))
            channel.sender.finish()
            receivers.append(channel.receiver)
        }
        var found: [Int] = []
        while !receivers.isEmpty {
            for index in await wait(for: receivers, isBlocking).reversed() {
                if let number = try receivers[index].tryReceive() {
                    found.append(number)
                } else {
                    receivers.remove(at: index)
                }
            }
        }
        let expected: [Int] = (0..<40).map { $0 / 10 * 100 + $0 % 10 }
        #expect(found.sorted() == expected)
        for child in children { #expect(await child.exitStatus == .exited(0)) }
    }

    private func wait(for sources: [any Waitable], _ isBlocking: Bool) async -> [Int] {
        if !isBlocking { return await waitForAny(of: sources) }
        return await onOwnThread { waitForAny(of: sources) }
    }

    private func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            do {
                try NativeThread.start(named: "mp.test") { continuation.resume(returning: body()) }
            } catch {
                preconditionFailure("no thread for a test: \(error)")
            }
        }
    }
}

/// Ends with the first message.
struct WaitingForMessage: Work {
    var receiver: Receiver<Int>
    func run() throws { _ = try receiver.receive() }
}

/// Takes its time between messages.
struct SendingSlowly: Work {
    var numbers: [Int]
    var sender: Sender<Int>
    func run() async throws {
        for number in numbers {
            for _ in 0..<number % 7 { await Task.yield() }
            try await sender.send(number)
        }
    }
}
