// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    static let queueEnds: [PoolContract] = [
        PoolContract(
            "after its end a queue takes nothing, and gives out what is there and then nil",
            origins: [
                "_test_multiprocessing._TestQueue.test_closed_queue_put_get_exceptions",
                "_test_multiprocessing._TestQueue.test_closed_queue_empty_exceptions",
                "_test_multiprocessing.TestSimpleQueue.test_close",
                "_test_multiprocessing.TestSimpleQueue.test_closed",
                "_test_multiprocessing.TestSimpleQueue.test_empty_exceptions",
            ]
        ) { pool in
            let queue = try SharedQueue<Int>(capacity: 4)
            try await queue.send(1)
            try await pool.run(Giving(sender: queue.sender, numbers: 2..<3))
            queue.finish()
            queue.finish()
            do throws(SendError<Int>) {
                try await queue.send(3)
                throw .full(3)
            } catch {
                guard case .finished(3) = error else { throw Violation("found \(error)") }
            }
            let failure = try await failure(of: Giving(sender: queue.sender, numbers: 3..<4, way: .trying), in: pool)
            guard case .threw(let error) = failure, error.text.contains("finished") else {
                throw Violation("found \(failure)")
            }
            try requireEqual(queue.count, 2)
            try requireEqual(try await pool.run(Taking(receiver: queue.receiver, count: 5)), [1, 2])
            try requireEqual(try await queue.receive(), nil)
            try requireEqual(try queue.tryReceive(), nil)
            try require(queue.isEmpty, "found \(queue.count)")
        },
        PoolContract("a batch that finds no room comes back but for what was sent") { pool in
            let queue = try SharedQueue<[UInt8]>(capacity: 3)
            let batch = (0..<5).map { [UInt8](repeating: $0, count: 20) }
            do throws(SendError<[[UInt8]]>) {
                try await queue.sender.send(contentsOf: batch, timeout: .milliseconds(20))
                throw .full([])
            } catch {
                guard case .timedOut(Array(batch[3...])) = error else { throw Violation("found \(error)") }
            }
            try requireEqual(try await queue.receiver.receive(upTo: 9), Array(batch[..<3]))
        },
        PoolContract("the end of a queue wakes those who wait", workers: 4) { pool in
            let empty = try SharedQueue<Int>(capacity: 1)
            let full = try SharedQueue<Int>(capacity: 1)
            try full.trySend(0)
            let arrived = try Heart()
            async let first = pool.run(Taking(receiver: empty.receiver, count: 1, arrived: arrived))
            async let second = pool.run(Taking(receiver: empty.receiver, count: 1, way: .suspending, arrived: arrived))
            async let third = failure(
                of: Giving(sender: full.sender, numbers: 1..<2, arrived: arrived), in: pool)
            async let fourth = failure(
                of: Giving(sender: full.sender, numbers: 1..<2, way: .suspending, arrived: arrived), in: pool)
            await arrived.reaches(4)
            empty.finish()
            full.finish()
            try requireEqual(try await [first, second], [[], []])
            for failure in try await [third, fourth] {
                guard case .threw(let error) = failure, error.text.contains("finished") else {
                    throw Violation("found \(failure)")
                }
            }
        },
        PoolContract("receivers see when the last sender has gone, and not before") { pool in
            let (receiver, works) = try {
                let queue = try SharedQueue<Int>(capacity: 10)
                return (queue.receiver, (0..<4).map { Giving(sender: queue.sender, numbers: $0 * 10..<$0 * 10 + 10) })
            }()
            async let sum = {
                var sum = 0
                for try await number in receiver { sum += number }
                return sum
            }()
            _ = try await pool.map(consume works)
            try requireEqual(try await sum, 780)
            try requireEqual(try await receiver.receive(), nil)
        },
        PoolContract("senders see when the last receiver has gone") { pool in
            let (sender, work) = try {
                let queue = try SharedQueue<Int>(capacity: 2)
                return (queue.sender, Taking(receiver: queue.receiver, count: 2))
            }()
            try await sender.send(1)
            try await sender.send(2)
            try requireEqual(try await pool.run(consume work), [1, 2])
            var sent = 0
            do throws(SendError<Int>) {
                while true {
                    try await sender.send(sent, timeout: .seconds(10))
                    sent += 1
                }
            } catch {
                guard case .disconnected(sent) = error, sent <= 2 else { throw Violation("found \(error), \(sent)") }
            }
            do throws(SendError<Int>) { try sender.trySend(7) } catch {
                guard case .disconnected(7) = error else { throw Violation("found \(error)") }
                return
            }
            throw Violation("something was sent to nobody")
        },
        PoolContract("a wait for a queue ends when its task is cancelled, and takes nothing with it") { pool in
            let queue = try SharedQueue<Int>(capacity: 1)
            let receiving = Task { try await queue.receive() }
            receiving.cancel()
            do {
                throw Violation("found \(String(describing: try await receiving.value))")
            } catch ReceiveError.cancelled {}
            try await pool.run(Giving(sender: queue.sender, numbers: 1..<2))
            let sending = Task { try await queue.send(2) }
            sending.cancel()
            do {
                try await sending.value
                throw Violation("something was sent")
            } catch SendError<Int>.cancelled(2) {}
            try requireEqual(try await queue.receive(), 1)
            try requireNothing(in: queue)
        },
    ]

    static let queueFlow: [PoolContract] = [
        PoolContract("every way of sending meets every way of receiving", workers: 4) { pool in
            let ways: [(Giving.Way, Taking.Way)] = [
                (.blocking, .suspending), (.suspending, .trying), (.trying, .batch), (.batch, .blocking),
                (.batch, .sequence),
            ]
            for (giving, taking) in ways {
                let queue = try SharedQueue<Int>(capacity: 7)
                async let received = pool.run(Taking(receiver: queue.receiver, count: 500, way: taking))
                try await pool.run(Giving(sender: queue.sender, numbers: 0..<500, way: giving))
                try requireEqual(try await received, Array(0..<500))
            }
        },
        PoolContract("each element goes to one receiver, whole and in its sender's order", workers: 6) { pool in
            let queue = try SharedQueue<Crate>(capacity: 16, byteCount: 4_096, largeByteCount: 1 << 20)
            async let received = withThrowingTaskGroup(of: [[Int]].self) { group in
                for _ in 0..<3 { group.addTask { try await pool.run(Collecting(receiver: queue.receiver)) } }
                return try await group.reduce(into: [[[Int]]]()) { $0.append($1) }
            }
            try await withThrowingTaskGroup { group in
                for from in 0..<3 {
                    group.addTask { try await pool.run(Posting(sender: queue.sender, from: from, count: 150)) }
                }
                try await group.waitForAll()
            }
            queue.finish()
            let all = try await received
            for from in 0..<3 {
                for numbers in all.map({ $0.filter { $0[0] == from }.map { $0[1] } }) {
                    try requireEqual(numbers, numbers.sorted())
                }
                try requireEqual(all.flatMap { $0 }.filter { $0[0] == from }.map { $0[1] }.sorted(), Array(0..<150))
            }
        },
        PoolContract(
            "one can wait until everything is done",
            origins: ["_test_multiprocessing._TestQueue.test_task_done"]
        ) { pool in
            let queue = try SharedQueue<Int>(capacity: 100)
            try await queue.sender.waitUntilAllDone()
            for number in 0..<10 { try await queue.send(number) }
            try requireEqual(queue.sender.undoneCount, 10)
            do throws(QueueWaitError) {
                try await queue.sender.waitUntilAllDone(timeout: .zero)
                throw .disconnected
            } catch {
                try requireEqual(error, .timedOut)
            }
            async let first = pool.run(Doing(receiver: queue.receiver))
            async let second = pool.run(Doing(receiver: queue.receiver))
            try await queue.sender.waitUntilAllDone()
            try requireEqual(queue.sender.undoneCount, 0)
            try requireEqual(queue.receiver.markDone(), false)
            queue.finish()
            try requireEqual(try await first + second, 45)
        },
        PoolContract("bytes may be made and read where they lie") { pool in
            let there = try SharedQueue<[UInt8]>(capacity: 4, byteCount: 8_192)
            let back = try SharedQueue<[UInt8]>(capacity: 4, byteCount: 8_192)
            async let sum = pool.run(EchoingInPlace(receiver: there.receiver, sender: back.sender))
            // In the ring, in pages of their own, in the file behind.
            for count in [0, 1, 2_048, 2_049, 60_000, 200_000] {
                try await there.send([UInt8](repeating: 2, count: count))
                let found = try await back.receive()
                try require(found == (0..<count).map { UInt8(truncatingIfNeeded: $0) }, "others for \(count)")
            }
            there.finish()
            try requireEqual(try await sum, 2 * (1 + 2_048 + 2_049 + 60_000 + 200_000))
            do {
                try await back.sender.send(byteCount: 10) { _ in throw Oops(detail: "not now") }
                throw Violation("sent what could not be made")
            } catch is Oops {}
            try requireEqual(back.count, 0)
            try await back.send([1, 2])
            do {
                _ = try await back.receiver.receive { _ in throw Oops(detail: "not now") } as Int?
                throw Violation("took what could not be used")
            } catch is Oops {}
            try requireEqual(try await back.receive(), [1, 2])
        },
    ]

    /// What only processes can do to a queue.
    public static let queueOfProcesses: [PoolContract] = [
        PoolContract("what a sender sent before it was killed is received, and then its end is seen") { pool in
            let (receiver, work) = try {
                let queue = try SharedQueue<Int>(capacity: 10)
                return (queue.receiver, GivingAndDying(sender: queue.sender, count: 5))
            }()
            _ = try await report(of: consume work, in: pool)
            var numbers: [Int] = []
            for try await number in receiver { numbers.append(number) }
            try requireEqual(numbers, [0, 1, 2, 3, 4])
        },
        PoolContract("a send fails when the last receiver was killed") { pool in
            let (sender, work) = try {
                let queue = try SharedQueue<Int>(capacity: 2)
                return (queue.sender, TakingAndDying(receiver: queue.receiver, count: 1))
            }()
            for number in 0..<2 { try await sender.send(number) }
            _ = try await report(of: consume work, in: pool)
            do throws(SendError<Int>) {
                for number in 2..<10 { try await sender.send(number, timeout: .seconds(10)) }
                throw .full(0)
            } catch {
                guard case .disconnected = error else { throw Violation("found \(error)") }
            }
        },
    ]
}
