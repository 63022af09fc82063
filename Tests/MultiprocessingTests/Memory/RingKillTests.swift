// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

@testable import Contracts

/// Children are killed at random moments while they send and receive; the living go on, and nothing is torn.
@Suite("A queue whose users are killed", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct RingKillTests {
    @Test func `senders may be killed at any moment`() async throws {
        let queue = try SharedQueue<Crate>(capacity: 16, byteCount: 4_096, largeByteCount: 1 << 20)
        let heart = try Heart()
        var next = 0
        try await KillRounds().run(
            heart, killing: { SendingForEver(queue: queue.sender, from: $0, heart: heart) }
        ) { round in
            while !queue.isEmpty {
                guard let crate = try await queue.receive(timeout: .seconds(10)) else { throw Gone() }
                try #require(crate.isWhole, "torn")
                try #require(crate.from == round && crate.number == next, "lost or doubled")
                next += 1
            }
            next = 0
        }
    }

    @Test func `receivers may be killed at any moment`() async throws {
        let queue = try SharedQueue<Crate>(capacity: 16, byteCount: 4_096, largeByteCount: 1 << 20)
        let heart = try Heart()
        let pool = try ThreadPool(workers: 1)
        async let feeding = pool.run(FeedingUntilTheEnd(queue: queue.sender))
        var (next, beats) = (0, 0)
        try await KillRounds().run(
            heart, killing: { _ in ReceivingForEver(queue: queue.receiver, heart: heart) }
        ) { _ in
            // The dead one has had as many as it said, or one more.
            let taken = heart.beats - beats
            beats += taken
            for place in 0..<24 {
                guard let crate = try await queue.receive(timeout: .seconds(10)) else { throw Gone() }
                if place == 0 {
                    try #require((next + taken...next + taken + 1).contains(crate.number), "lost or doubled")
                    next = crate.number
                }
                try #require(crate.isWhole, "torn")
                try #require(crate.number == next, "lost or doubled")
                next += 1
            }
        }
        queue.finish()
        _ = try await feeding
        await pool.shutDown()
    }

    private struct Gone: Error {}
}

struct SendingForEver: Work {
    var queue: SharedQueue<Crate>.Sender
    var from: Int
    var heart: Heart

    func run() throws {
        for number in 0... {
            heart.beat()
            // Full after 16, unless somebody takes them; then it is killed while it waits.
            try queue.send(Crate(from: from, number: number, load: Crate.load(from: from, number)))
        }
    }
}

struct FeedingUntilTheEnd: Work {
    var queue: SharedQueue<Crate>.Sender

    func run() throws -> Int {
        for number in 0... {
            do throws(SendError<Crate>) {
                try queue.send(Crate(from: 0, number: number, load: Crate.load(from: 0, number)))
            } catch {
                if case .finished = error { return number }
                throw error
            }
        }
        return 0
    }
}

struct ReceivingForEver: Work {
    var queue: SharedQueue<Crate>.Receiver
    var heart: Heart

    func run() throws {
        while let crate = try queue.receive() {
            if !crate.isWhole { exit(3) }
            heart.beat()
        }
    }
}
