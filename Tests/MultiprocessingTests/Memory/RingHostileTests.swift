// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

/// A peer writes anything anywhere into a ring's memory: an error or a wrong value is the answer, and nothing worse.
@Suite("A ring with a hostile peer", .leavesNothingBehind)
struct RingHostileTests {
    /// A second way to a ring's memory, and a source of what to write there.
    private struct Scribbler: @unchecked Sendable {
        // @unchecked: one thread uses it at a time.
        let mapping: Mapping
        var random: SplitMix
        static let fields = [
            SharedRing.Place.producers, SharedRing.Place.tail, SharedRing.Place.consumers, SharedRing.Place.front,
            SharedRing.Place.receiversAsleep, SharedRing.Place.sendersAsleep, SharedRing.Place.departures,
            SharedRing.Place.done,
        ]

        init(_ ring: SharedRing, seed: UInt64) throws {
            mapping = try Mapping(of: ring.file, byteCount: ring.parameters.mappedByteCount, isWritable: true)
            random = SplitMix(state: seed)
        }

        /// Writes one word: a field of the head, or a word of the ring or of the pages for large payloads.
        mutating func scribble() {
            let offset: Int
            switch random.next() % 4 {
            case 0: offset = (Self.fields.randomElement(using: &random) ?? 0) + Int(random.next() % 5) * 8
            case 1: offset = Int(random.next() % 512) * 8
            case 2: offset = Mapping.pageByteCount + Int(random.next() % 64) * 8
            default: offset = Int(random.next() % UInt64(mapping.byteCount / 8)) * 8
            }
            mapping.wideWord(at: offset).store(value(mapping.wideWord(at: offset).value))
        }

        /// Anything, or something near what is there, or the limits of what is checked.
        private mutating func value(_ old: UInt64) -> UInt64 {
            switch random.next() % 8 {
            case 0: random.next()
            case 1: old ^ 1 << (random.next() % 64)
            case 2: old &+ random.next() % 64
            case 3: old &- random.next() % 64
            case 4: 0
            case 5: .max
            case 6: [1, 2, 3].randomElement(using: &random).map { $0 << 32 | random.next() % 8_192 } ?? 0
            default: UInt64(Mapping.pageByteCount) * (random.next() % 64)
            }
        }
    }

    private static let rounds = 400

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `words written between operations lead to errors at worst`(_ seed: UInt64) async throws {
        let counts = try await Self.abuse(seed, isConcurrent: false)
        #expect(counts.errors > 0 && counts.successes > 0, "\(counts)")
    }

    @Test(arguments: [UInt64(5), 6])
    func `words written during operations lead to errors at worst`(_ seed: UInt64) async throws {
        let counts = try await Self.abuse(seed, isConcurrent: true)
        #expect(counts.errors > 0 && counts.successes > 0, "\(counts)")
    }

    /// A fresh queue for every few operations, since most do not recover.
    private static func abuse(_ seed: UInt64, isConcurrent: Bool) async throws -> (errors: Int, successes: Int) {
        var random = SplitMix(state: seed)
        var (errors, successes) = (0, 0)
        for _ in 0..<rounds {
            let queue = try SharedQueue<[UInt8]>(capacity: 8, byteCount: 4_096, largeByteCount: 1 << 20)
            var scribbler = try Scribbler(queue.sender.end.ring, seed: random.next())
            let isOver = isConcurrent ? try Self.scribbling(scribbler) : nil
            for _ in 0..<6 {
                if !isConcurrent { for _ in 0...(random.next() % 3) { scribbler.scribble() } }
                do {
                    try await Self.operate(queue, Int(random.next() % 10), Int(random.next() % 4))
                    successes += 1
                } catch {
                    errors += 1
                }
            }
            isOver?.close()
        }
        return (errors, successes)
    }

    private static func operate(_ queue: SharedQueue<[UInt8]>, _ operation: Int, _ size: Int) async throws {
        let bytes = [UInt8](repeating: 7, count: [10, 900, 5_000, 100_000][size])
        let timeout = Duration.milliseconds(1)
        switch operation {
        case 0, 1: try queue.trySend(bytes)
        case 2: try await queue.send(bytes, timeout: timeout)
        case 3: try await queue.sender.send(contentsOf: [bytes, bytes], timeout: timeout)
        case 4: try await queue.sender.send(byteCount: bytes.count, timeout: timeout) { _ in }
        case 5, 6: _ = try queue.tryReceive()
        case 7: _ = try await queue.receive(timeout: timeout)
        case 8: _ = try await queue.receiver.receive(upTo: 3, timeout: timeout)
        default: _ = try await queue.receiver.receive(timeout: timeout) { $0.byteCount }
        }
        _ = (queue.count, queue.isFull, queue.sender.undoneCount, queue.receiver.markDone())
    }

    /// Writes on a thread of its own until it is told to end.
    private static func scribbling(_ scribbler: Scribbler) throws -> Ending {
        let ending = Ending()
        try NativeThread.start(named: "scribbler") { [scribbler] in
            var scribbler = scribbler
            while !ending.isAskedFor { scribbler.scribble() }
            ending.confirm()
        }
        return ending
    }

    private final class Ending: Sendable {
        private let state = Atomic(0)
        private let gate = BlockingGate()
        var isAskedFor: Bool { state.load(ordering: .acquiring) == 1 }
        func confirm() { gate.open() }
        func close() {
            state.store(1, ordering: .releasing)
            gate.enter()
        }
    }

    @Test func `a head that makes no ring is refused`() throws {
        var random = SplitMix(state: 11)
        var refused = 0
        for _ in 0..<2_000 {
            let queue = try SharedQueue<[UInt8]>(capacity: 8, byteCount: 4_096, largeByteCount: 1 << 20)
            let ring = queue.sender.end.ring
            let offset = Int(random.next() % 8) * 8
            let word = ring.mapping.wideWord(at: offset)
            word.store(random.next() % 2 == 0 ? random.next() : word.value ^ 1 << (random.next() % 64))
            do {
                let adopted = try SharedRing(adopting: ring.descriptor)
                _ = try QueueFormat<[UInt8]>(of: adopted)
                // Other limits than it was made with: they fit into the file all the same.
                #expect(adopted.parameters.mappedByteCount <= ring.parameters.mappedByteCount)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }

    @Test func `a queue of other elements is refused`() throws {
        let numbers = try SharedQueue<Int>(capacity: 8)
        let ring = try SharedRing(adopting: numbers.sender.end.ring.descriptor)
        #expect(throws: SharedMemoryError.self) { try QueueFormat<UInt>(of: ring) }
        #expect(throws: SharedMemoryError.self) { try QueueFormat<String>(of: ring) }
        #expect(throws: SharedMemoryError.self) { try QueueFormat<[UInt8]>(of: ring) }
        #expect(try QueueFormat<Int>(of: ring).kind == .inPlace)
        let other = try SharedMemory(byteCount: 8_192)
        #expect(throws: SharedMemoryError.self) { try SharedRing(adopting: other.file.descriptor) }
    }

    @Test func `sending in the midst of filling is an error`() throws {
        let queue = try SharedQueue<[UInt8]>(capacity: 8)
        try queue.sender.send(byteCount: 8) { _ in
            #expect(throws: SendError<[UInt8]>.self) { try queue.trySend([1]) }
        }
        #expect(queue.count == 1)
    }
}
