// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// What a `SharedQueue` owes the works that share it.
    public static let queue: [PoolContract] = queueBasics + queueEnds + queueFlow

    private static let queueBasics: [PoolContract] = [
        PoolContract(
            "a queue holds as many as its capacity, and gives them out in order",
            origins: [
                "_test_multiprocessing._TestQueue.test_put", "_test_multiprocessing._TestQueue.test_get",
                "_test_multiprocessing._TestQueue.test_qsize", "_test_multiprocessing.TestSimpleQueue.test_empty",
            ]
        ) { pool in
            let queue = try SharedQueue<Int>(capacity: 6)
            try require(queue.isEmpty && !queue.isFull && queue.capacity == 6, "found \(queue.count)")
            try queue.trySend(0)
            try await queue.send(1)
            try await queue.send(2, timeout: .seconds(1))
            try await queue.send(3, timeout: .zero)
            try requireEqual(queue.count, 4)
            try await pool.run(Giving(sender: queue.sender, numbers: 4..<6))
            try require(queue.isFull && !queue.isEmpty && queue.count == 6, "found \(queue.count)")
            try requireFull { () throws(SendError<Int>) in try queue.trySend(7) }
            for timeout in [Duration.zero, .milliseconds(120), .seconds(-1)] {
                let least = max(timeout, .zero)
                try await requireTimedOut(after: least) { () async throws(SendError<Int>) in
                    try await queue.send(7, timeout: timeout)
                }
            }
            try requireEqual(try await pool.run(Taking(receiver: queue.receiver, count: 6)), [0, 1, 2, 3, 4, 5])
            try require(queue.isEmpty, "found \(queue.count)")
            try requireNothing(in: queue)
        },
        PoolContract(
            "waiting for an element ends with its time", origins: ["_test_multiprocessing._TestQueue.test_timeout"]
        ) { pool in
            let queue = try SharedQueue<Int>(capacity: 1)
            for timeout in [Duration.milliseconds(120), .zero, .seconds(-1)] {
                let start = ContinuousClock.now
                do throws(ReceiveError) {
                    _ = try await queue.receive(timeout: timeout)
                    throw .empty
                } catch {
                    guard case .timedOut = error else { throw Violation("found \(error)") }
                }
                try require(ContinuousClock.now - start >= timeout, "too early")
                try require(ContinuousClock.now - start < .seconds(5), "too late")
            }
            try await pool.run(Giving(sender: queue.sender, numbers: 1..<2))
            try requireEqual(try await queue.receive(timeout: .zero), 1)
        },
        PoolContract(
            "what was sent before a worker had the queue, and what it sends, come in order",
            origins: ["_test_multiprocessing._TestQueue.test_fork"]
        ) { pool in
            let queue = try SharedQueue<Int>(capacity: 100)
            for number in 0..<10 { try await queue.send(number) }
            try await pool.run(Giving(sender: queue.sender, numbers: 10..<20))
            for number in 0..<20 { try requireEqual(try await queue.receive(), number) }
            try requireNothing(in: queue)
        },
        PoolContract("elements of every kind and size arrive as they were sent") { pool in
            try await requireEchoed(Echo.Content())
            try await requireEchoed("")
            try await requireEchoed([UInt8]())
            try await requireEchoed(SIMD4<Float>(1, 2, 3, 4))
            try await requireEchoed(Crate(from: 1, number: 2, load: []))
            for count in [1, 7, 8, 9, 4_095, 262_144, 262_145, 1 << 20, (8 << 20) + 1, 20_000_000] {
                try await requireEchoed([UInt8](repeating: 1, count: count - 1) + [2])
            }
            try await requireEchoed((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        },
        PoolContract(
            "an element that cannot be encoded or decoded fails alone",
            origins: [
                "_test_multiprocessing._TestQueue.test_queue_feeder_donot_stop_onexc",
                "_test_multiprocessing._TestQueue.test_queue_feeder_on_queue_feeder_error",
            ]
        ) { pool in
            let queue = try SharedQueue<Touchy>(capacity: 10)
            do throws(SendError<Touchy>) {
                try await queue.send(Touchy(.encoding))
                throw .full(Touchy(.none))
            } catch {
                guard case .notEncoded(Touchy(.encoding), let reason as Oops) = error, reason.detail == "encoding"
                else { throw Violation("found \(error)") }
            }
            try requireEqual(queue.count, 0)
            try await queue.send(Touchy(.decoding))
            try await queue.send(Touchy(.none))
            do throws(ReceiveError) {
                _ = try await queue.receive()
                throw .empty
            } catch {
                guard case .notDecoded(let reason as Oops) = error, reason.detail == "decoding" else {
                    throw Violation("found \(error)")
                }
            }
            try requireEqual(try await queue.receive(), Touchy(.none))
            let batch = [Touchy(.none), Touchy(.none), Touchy(.encoding), Touchy(.none)]
            do throws(SendError<[Touchy]>) {
                try await queue.sender.send(contentsOf: batch)
                throw .full([])
            } catch {
                guard case .notEncoded(Array(batch[2...]), let reason as Oops) = error, reason.detail == "encoding"
                else {
                    throw Violation("found \(error)")
                }
            }
            try requireEqual(try await queue.receiver.receive(upTo: 9), [Touchy(.none), Touchy(.none)])
            try await requireHandleRefused()
        },
    ]

    private static func requireHandleRefused() async throws {
        let handles = try SharedQueue<SharedMemory>(capacity: 1)
        let memory = try SharedMemory(byteCount: 1)
        do throws(SendError<SharedMemory>) {
            try await handles.send(memory)
        } catch {
            guard case .notEncoded(_, HandleCodingError.notAMessage) = error else { throw Violation("found \(error)") }
            return
        }
        throw Violation("a handle was sent through a queue")
    }

    private static func requireEchoed<Element: Codable & Sendable & Equatable>(
        _ element: Element, line: Int = #line
    ) async throws {
        let queue = try SharedQueue<Element>(capacity: 3)
        for _ in 0..<2 {
            try await queue.send(element)
            let found = try await queue.receive()
            try require(found == element, "another element arrived", line: line)
        }
        try await queue.sender.send(contentsOf: [element, element])
        let found = try await queue.receiver.receive(upTo: 5)
        try require(found == [element, element], "other elements arrived", line: line)
    }

    private static func requireEchoed<Element: Codable & Sendable & Equatable & BitwiseCopyable>(
        _ element: Element, line: Int = #line
    ) async throws {
        let queue = try SharedQueue<Element>(capacity: 3)
        try await queue.send(element)
        try await queue.sender.send(contentsOf: [element, element])
        let found = try await queue.receiver.receive(upTo: 5)
        try require(found == [element, element, element], "other elements arrived", line: line)
    }
}

/// Throws unless there is no room.
func requireFull(_ send: () throws(SendError<Int>) -> Void, line: Int = #line) throws(Violation) {
    do throws(SendError<Int>) {
        try send()
    } catch {
        guard case .full = error else { throw Violation("found \(error)", line: line) }
        return
    }
    throw Violation("something was sent", line: line)
}

/// Throws unless the time was over.
func requireTimedOut(
    after least: Duration, line: Int = #line, _ send: () async throws(SendError<Int>) -> Void
) async throws(Violation) {
    let start = ContinuousClock.now
    do throws(SendError<Int>) {
        try await send()
    } catch {
        guard case .timedOut = error else { throw Violation("found \(error)", line: line) }
        let time = ContinuousClock.now - start
        try require(time >= least && time < least + .seconds(5), "after \(time)", line: line)
        return
    }
    throw Violation("something was sent", line: line)
}

/// Throws unless nothing is there now.
func requireNothing(in queue: SharedQueue<Int>, line: Int = #line) throws(Violation) {
    let found: Int?
    do throws(ReceiveError) {
        found = try queue.tryReceive()
    } catch {
        guard case .empty = error else { throw Violation("found \(error)", line: line) }
        return
    }
    throw Violation("found \(String(describing: found))", line: line)
}
