// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Multiprocessing

/// What a channel owes within one process; between processes see the contracts.
@Suite("A channel", .leavesNothingBehind)
struct ChannelTests {
    struct Point: BitwiseCopyable, Equatable {
        var x: Int32
        var y: Double
    }

    @Test("carries values of every kind, each by the coding that the compiler chose")
    func kinds() async throws {
        let points = try Channel<Point>()
        let texts = try Channel<[String: Int?]>()
        let numbers = try Channel<UInt64>()
        try await points.sender.send(Point(x: -1, y: .pi))
        try await texts.sender.send(["a": 1, "b": nil])
        try await numbers.sender.send(.max)
        #expect(try await points.receiver.receive() == Point(x: -1, y: .pi))
        #expect(try await texts.receiver.receive() == ["a": 1, "b": nil])
        #expect(try await numbers.receiver.receive() == .max)
    }

    @Test("keeps messages of any size apart", .origin("_test_multiprocessing._TestPoll.test_strings"))
    func sizes() async throws {
        let channel = try Channel<[UInt8]>()
        for size in [0, 1, 65_535, 65_536, 65_537, 3_000_000] {
            let message = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
            try await channel.sender.send(message)
            try await channel.sender.send([])
            let first = try await channel.receiver.receive()
            #expect(first == message)
            let second = try await channel.receiver.receive()
            #expect(second == [])
        }
        let texts = try Channel<String>()
        let text = String(repeating: "🦜", count: 100_000)
        try await texts.sender.send(text)
        let back = try await texts.receiver.receive()
        #expect(back == text)
    }

    @Test("is full at some point, gives the message back, and has room again once something was received")
    func full() async throws {
        let channel = try Channel<[UInt8]>()
        var sent = 0
        do {
            while true {
                try channel.sender.trySend([UInt8](repeating: UInt8(truncatingIfNeeded: sent), count: 200_000))
                sent += 1
            }
        } catch {
            guard case .full(let message) = error else { throw error }
            #expect(message.first == UInt8(truncatingIfNeeded: sent))
        }
        // Large messages count, too, or memory would fill up.
        #expect((1...32).contains(sent), "\(sent) messages were sent")
        await #expect(throws: SendError<[UInt8]>.self) { try await channel.sender.send([1], timeout: .milliseconds(5)) }
        for index in 0..<sent {
            #expect(try channel.receiver.tryReceive()?.first == UInt8(truncatingIfNeeded: index))
        }
        try channel.sender.trySend([9])
        #expect(try channel.receiver.tryReceive() == [9])
    }

    @Test("waits no longer than it is told")
    func timeouts() async throws {
        let channel = try Channel<Int>()
        for timeout in [Duration.zero, .milliseconds(3), .seconds(-1)] {
            do throws(ReceiveError) {
                _ = try await channel.receiver.receive(timeout: timeout)
                Issue.record("received from nobody")
            } catch {
                guard case .timedOut = error else { throw error }
            }
        }
        do throws(ReceiveError) {
            _ = try channel.receiver.tryReceive()
            Issue.record("received from nobody")
        } catch {
            guard case .empty = error else { throw error }
        }
        fill(channel.sender)
        do throws(SendError<Int>) {
            try await channel.sender.send(5, timeout: .milliseconds(3))
            Issue.record("sent without room")
        } catch {
            guard case .timedOut(5) = error else { throw error }
        }
    }

    @Test("lets a cancelled task go, with its message")
    func cancellation() async throws {
        let channel = try Channel<Int>()
        let receiving = Task { try await channel.receiver.receive() }
        receiving.cancel()
        await #expect(throws: ReceiveError.self) { try await receiving.value }
        fill(channel.sender)
        let sending = Task { () -> Int? in
            do throws(SendError<Int>) {
                try await channel.sender.send(77)
                return nil
            } catch {
                guard case .cancelled(let message) = error else { return nil }
                return message
            }
        }
        sending.cancel()
        #expect(await sending.value == 77)
    }

    @Test("ends for a receiver that waits, when the last sender finishes and when it is closed here")
    func ends() async throws {
        let channel = try Channel<Int>()
        let other = try channel.sender.duplicate()
        async let end = channel.receiver.receive()
        channel.sender.finish()
        do throws(SendError<Int>) {
            try await channel.sender.send(1)
            Issue.record("sent after the end")
        } catch {
            guard case .finished(1) = error else { throw error }
        }
        try await other.send(2)
        #expect(try await end == 2)
        async let second = channel.receiver.receive()
        other.finish()
        #expect(try await second == nil)

        let closed = try Channel<Int>()
        async let third = closed.receiver.receive()
        closed.receiver.close()
        #expect(try await third == nil)
        #expect(try await closed.receiver.receive() == nil)
    }

    @Test(
        "goes one way, and ends with what holds its last sender",
        .origin(
            "_test_multiprocessing._TestConnection.test_duplex_false",
            "_test_multiprocessing._TestConnection.test_context"))
    func scope() async throws {
        func receiver(of numbers: [Int]) throws -> Receiver<Int> {
            let channel = try Channel<Int>()
            for number in numbers { try channel.sender.trySend(number) }
            return channel.receiver
        }
        let receiver = try receiver(of: [1, 2])
        #expect(try await receiver.receive() == 1)
        #expect(try await receiver.receive() == 2)
        #expect(try await receiver.receive() == nil)
    }

    @Test("tells a sender that waits for room that nobody can receive any more")
    func disconnection() async throws {
        let channel = try Channel<Int>()
        fill(channel.sender)
        let sending = Task { () -> Int? in
            do throws(SendError<Int>) {
                try await channel.sender.send(6)
                return nil
            } catch {
                guard case .disconnected(let message) = error else { return nil }
                return message
            }
        }
        channel.receiver.close()
        #expect(await sending.value == 6)
        #expect(throws: SendError<Int>.self) { try channel.sender.trySend(1) }
    }

    @Test("does not send what cannot be encoded, and goes on")
    func notEncoded() async throws {
        let channel = try Channel<Picky>()
        do throws(SendError<Picky>) {
            try await channel.sender.send(Picky(number: 0))
            Issue.record("it was encoded")
        } catch {
            guard case .notEncoded(let message, reason: is Refused) = error else { throw error }
            #expect(message.number == 0)
        }
        try await channel.sender.send(Picky(number: 3))
        #expect(try channel.receiver.tryReceive()?.number == 3)
    }

    @Test("may have a format of its own, which is said again where a handle has travelled to")
    func ownFormat() async throws {
        let coding = MessageCoding<String>(
            encode: { Array("<\($0)>".utf8) }, decode: { String(decoding: $0.dropFirst().dropLast(), as: UTF8.self) })
        let channel = try Channel<String>(coding: coding)
        try await channel.sender.send("word")
        let carrier = try Channel<Receiver<String>>()
        try await carrier.sender.send(channel.receiver)
        let travelled = try #require(try await carrier.receiver.receive())
        await #expect(throws: ReceiveError.self) { try await travelled.receive() }
        try await channel.sender.send("again")
        #expect(try await travelled.coded(by: coding).receive() == "again")
    }

    @Test("gives each message to exactly one of several tasks that wait for it")
    func manyWaiters() async throws {
        let channel = try Channel<Int>()
        let sums = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    var sum = 0
                    for try await number in channel.receiver { sum += number }
                    return sum
                }
            }
            for number in 1...400 { try await channel.sender.send(number) }
            channel.sender.finish()
            return try await group.reduce(0, +)
        }
        #expect(sums == 80_200)
    }

    @Test("may be sent by many tasks that wait for room at once")
    func manySenders() async throws {
        let channel = try Channel<Int>()
        let sum = try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    let sender = try channel.sender.duplicate()
                    for number in 0..<200 { try await sender.send(task * 1000 + number) }
                }
            }
            var sum = 0
            for _ in 0..<1600 { sum += try await channel.receiver.receive() ?? -1_000_000 }
            try await group.waitForAll()
            return sum
        }
        #expect(sum == (0..<8).reduce(0) { $0 + $1 * 1000 * 200 } + 8 * 19_900)
    }

    @Test(
        "refuses a message that speaks of a handle which has not come",
        .origin("_test_multiprocessing._TestConnection.test_missing_fd_transfer"))
    func missingHandle() async throws {
        let (sending, receiving) = try PacketEnd.pair()
        var packet = try MessageCoding<DescriptorHandle>.codable().packet(DescriptorHandle(duplicating: 0))
        packet.handles = []
        #expect(isDone(sending.trySend(packet)))
        // The same with a head that does not lie.
        packet.bytes[4] = 0
        #expect(isDone(sending.trySend(packet)))
        let receiver = Receiver<DescriptorHandle>(end: receiving, coding: .codable())
        do throws(ReceiveError) {
            _ = try receiver.tryReceive()
        } catch {
            guard case .notDecoded(reason: MessageCodingError.wrongHandleCount) = error else { throw error }
        }
        do throws(ReceiveError) {
            _ = try receiver.tryReceive()
        } catch {
            guard case .notDecoded(reason: HandleCodingError.missing(index: 0)) = error else { throw error }
        }
    }

    @Test(
        "refuses an end that is none, and one for other messages",
        .origin("_test_multiprocessing.TestInvalidHandle.test_invalid_handles"))
    func wrongHandle() throws {
        struct Pretence: Codable {
            var descriptor: DescriptorHandle
            var format: UInt8
        }
        func decoded<Handle: Codable & Sendable>(_ type: Handle.Type, _ format: UInt8, socket: Bool) throws -> Handle {
            let pipe = try DescriptorPair.pipe()
            let handle = pipe.handles().0
            let socket = socket ? try #require(PacketEnd.pair().0.handle) : handle
            var message = MessageBody()
            try MessageCoding<Pretence>.codable().encode(Pretence(descriptor: socket, format: format), into: &message)
            let descriptors = ReceivedDescriptors(handles: message.handles)
            return try MessageCoding<Handle>.codable().decode(
                ReceivedBody(bytes: message.bytes[...], descriptors: descriptors))
        }
        _ = try decoded(Sender<Int>.self, 2, socket: true)
        #expect(throws: HandleCodingError.self) { try decoded(Sender<Int>.self, 2, socket: false) }
        #expect(throws: HandleCodingError.self) { try decoded(Receiver<Int>.self, 9, socket: true) }
        // Bytes must not be made into references.
        #expect(throws: HandleCodingError.self) { try decoded(Sender<String>.self, 2, socket: true) }
        #expect(throws: HandleCodingError.self) { try decoded(Sender<String>.self, 3, socket: true) }
    }

    @Test("counts a sender that is on its way as a sender")
    func senderUnderWay() async throws {
        let channel = try Channel<Int>()
        let carrier = try Channel<Sender<Int>>()
        try await carrier.sender.send(channel.sender)
        channel.sender.finish()
        #expect(throws: ReceiveError.self) { try channel.receiver.tryReceive() }
        #expect(throws: (any Error).self) { try carrier.sender.trySend(channel.sender) }
        carrier.receiver.close()
        // Nobody will ever have it.
        #expect(try await channel.receiver.receive() == nil)
    }

    private func isDone(_ sent: PacketEnd.Sent) -> Bool {
        if case .done = sent { true } else { false }
    }

    private func fill(_ sender: Sender<Int>) { while (try? sender.trySend(0)) != nil {} }
}

private struct Refused: Error {}

/// Cannot be encoded when zero.
struct Picky: Codable, Sendable {
    var number: Int
    var text = ""

    init(number: Int) { self.number = number }

    func encode(to encoder: any Encoder) throws {
        if number == 0 { throw Refused() }
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int.self) }
}
