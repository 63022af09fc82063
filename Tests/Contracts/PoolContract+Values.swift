// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

extension PoolContract {
    /// Typed values in shared memory.
    public static let values: [PoolContract] = [
        PoolContract(
            "values of every kind that a work changes are changed for everybody",
            origins: [
                "_test_multiprocessing._TestValue.test_value",
                "_test_multiprocessing._TestSharedCTypes.test_sharedctypes",
                "_test_multiprocessing._TestSharedCTypes.test_synchronize",
            ]
        ) { pool in
            let values = try Values()
            try requireEqual(values.flag.load(), false)
            try await pool.run(DoublingValues(values: values))
            try requireEqual(values.count.load(), 14)
            try requireEqual(values.small.load(), -464)
            try requireEqual(values.third.load(), 2.0 / 3.0)
            try requireEqual(values.wide.load(), 1 << 34)
            try requireEqual(values.flag.load(), true)
            try requireEqual(values.point.load(), Point(x: 6, y: 4, z: nil))
        },
        PoolContract(
            "a structure copied out of shared memory is the copier's own",
            origins: ["_test_multiprocessing._TestSharedCTypes.test_copy"]
        ) { pool in
            let shared = try SharedValue(Point(x: 2, y: 5, z: 1 << 33))
            let copy = shared.load()
            try await pool.run(ReplacingPoint(point: shared, by: Point(x: 0, y: 0, z: 0)))
            try requireEqual(copy, Point(x: 2, y: 5, z: 1 << 33))
            try requireEqual(shared.load(), Point(x: 0, y: 0, z: 0))
        },
        PoolContract(
            "changes of a value under its lock are all there",
            origins: ["_test_multiprocessing._TestValue.test_getobj_getlock"]
        ) { pool in
            let value = try SharedValue(Wide())
            let works = (0..<8).map { _ in RaisingWide(value: value, times: 500) }
            try requireEqual(try await pool.map(works), [Int](repeating: 0, count: 8))
            try requireEqual(value.load(), Wide(all: 4_000))
        },
        PoolContract("a body that throws changes nothing of a value") { pool in
            let value = try SharedValue(Wide())
            do {
                try await value.withLock { (value: inout Wide) throws(Oops) in
                    value = Wide(all: 1)
                    throw Oops(detail: "midway")
                }
                throw Violation("nothing was thrown")
            } catch SharedLockError<Oops>.body(let error) {
                try requireEqual(error, Oops(detail: "midway"))
            }
            try requireEqual(value.load(), Wide())
            try await value.store(Wide(all: 2))
            try requireEqual(value.load(), Wide(all: 2))
        },
        PoolContract(
            "atomics of every width count exactly, and stop at their own borders",
            origins: ["_test_multiprocessing._TestValue.test_rawvalue"]
        ) { pool in
            let atomics = try Atomics()
            _ = try await pool.map((0..<4).map { _ in RaisingAtomics(atomics: atomics, times: 1_000) })
            try requireEqual(atomics.int8[].load(ordering: .relaxed), Int8(truncatingIfNeeded: 4_000))
            try requireEqual(atomics.uint8[].load(ordering: .relaxed), UInt8(truncatingIfNeeded: 4_000))
            try requireEqual(atomics.int16[].load(ordering: .relaxed), 4_000)
            try requireEqual(atomics.uint16[].load(ordering: .relaxed), 4_000)
            try requireEqual(atomics.int32[].load(ordering: .relaxed), 4_000)
            try requireEqual(atomics.uint32[].load(ordering: .relaxed), 4_000)
            try requireEqual(atomics.int64[].load(ordering: .relaxed), -4_000)
            try requireEqual(atomics.uint64[].load(ordering: .relaxed), 1 << 63 + 4_000)
            try requireEqual(atomics.int[].load(ordering: .relaxed), 1_000)
            try requireEqual(atomics.uint[].load(ordering: .relaxed), 0b1111)
            try requireEqual(atomics.bool[].load(ordering: .relaxed), true)
        },
        PoolContract("a wait for an atomic ends with its change") { pool in
            guard pool.workerCount > 1 else { return }
            let word = try SharedAtomic(UInt32(7))
            try requireEqual(await word.wait(while: 7, timeout: .milliseconds(1)), nil)
            async let found = pool.run(WaitingForWord(word: word))
            word[].store(8, ordering: .releasing)
            word.wakeAll()
            try requireEqual(try await found, 9)
        },
        PoolContract("letters that several works count in one array of atomics are counted exactly") { pool in
            let letters = try SharedAtomicArray(repeating: 0, count: 26)
            _ = try await pool.map((0..<6).map { CountingLetters(letters: letters, of: 5_000, from: $0) })
            var expected = [Int](repeating: 0, count: 26)
            for work in 0..<6 { for index in 0..<5_000 { expected[(index * 7 + work) % 26] += 1 } }
            try requireEqual(letters.values, expected)
            try requireEqual(try SharedAtomicArray([UInt8(3), 4]).values, [3, 4])
            try requireEqual(try SharedAtomicArray<Int16>([]).values, [])
        },
        PoolContract("a counter's total is exact when its works have ended") { pool in
            let counter = try SharedCounter(claimableShards: 2)
            let works = (0..<8).map { CountingUp(counter: counter, claims: $0 % 4 != 0, times: 5_000) }
            let claims = try await pool.map(works)
            try requireEqual(counter.total, 40_000)
            try require(claims.contains(true), "no work got a shard")
            counter.add(-40_000)
            try requireEqual(counter.total, 0)
        },
        PoolContract("a counter gives each shard to one holder, and again when that is gone") { pool in
            let counter = try SharedCounter(claimableShards: 2)
            var first = counter.claimShard()
            let second = counter.claimShard()
            try require(first != nil && second != nil, "a free shard was not given")
            let third = counter.claimShard()
            try require(third == nil, "a shard was given twice")
            first?.add(5)
            try requireEqual(try await pool.run(CountingUp(counter: counter, claims: true, times: 10)), false)
            first = nil
            try requireEqual(try await pool.run(CountingUp(counter: counter, claims: true, times: 10)), true)
            try requireEqual(counter.total, 25)
            _ = consume second
        },
    ]
}

struct Point: BitwiseCopyable, Codable, Equatable, Sendable {
    var x: Int32
    var y: Double
    var z: Int64?
}

/// Larger than anything that a processor stores at once; all of its numbers are the same.
struct Wide: BitwiseCopyable, Codable, Equatable, Sendable {
    var a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0

    init() {}
    init(all number: Int) {
        (a, b, c, d, e, f, g, h, i) = (number, number, number, number, number, number, number, number, number)
    }

    var isWhole: Bool { self == Wide(all: a) }
}

struct Values: Codable, Sendable {
    var count: SharedValue<Int32>
    var small: SharedValue<Int16>
    var third: SharedValue<Double>
    var wide: SharedValue<Int64>
    var flag: SharedValue<Bool>
    var point: SharedValue<Point>

    init() throws {
        count = try SharedValue(7)
        small = try SharedValue(-232)
        third = try SharedValue(1.0 / 3.0)
        wide = try SharedValue(1 << 33)
        flag = try SharedValue(false)
        point = try SharedValue(Point(x: 3, y: 2, z: 1))
    }
}

struct DoublingValues: Work {
    var values: Values
    func run() throws {
        values.count.store(values.count.load() * 2)
        try values.small.withLock { $0 *= 2 }
        try values.third.withLock { $0 *= 2 }
        try values.wide.withLock { $0 *= 2 }
        try values.flag.withLock { $0.toggle() }
        try values.point.withLock { $0 = Point(x: $0.x * 2, y: $0.y * 2, z: nil) }
    }
}

struct ReplacingPoint: Work {
    var point: SharedValue<Point>
    var by: Point
    func run() { point.store(by) }
}

/// Answers how many of its looks saw a torn value.
struct RaisingWide: Work {
    var value: SharedValue<Wide>
    var times: Int
    func run() async throws -> Int {
        var torn = 0
        for round in 0..<times {
            let number = value.load().a + 1
            if !value.load().isWhole { torn += 1 }
            // Both forms take turns.
            if round % 2 == 0 {
                try await value.withLock { $0 = Wide(all: $0.a + 1) }
            } else {
                try raise()
            }
            if value.load().a < number { torn += 1 }
        }
        return torn
    }

    private func raise() throws { try value.withLock { $0 = Wide(all: $0.i + 1) } }
}

struct Atomics: Codable, Sendable {
    var int8: SharedAtomic<Int8>
    var uint8: SharedAtomic<UInt8>
    var int16: SharedAtomic<Int16>
    var uint16: SharedAtomic<UInt16>
    var int32: SharedAtomic<Int32>
    var uint32: SharedAtomic<UInt32>
    var int64: SharedAtomic<Int64>
    var uint64: SharedAtomic<UInt64>
    var int: SharedAtomic<Int>
    var uint: SharedAtomic<UInt>
    var bool: SharedAtomic<Bool>

    init() throws {
        int8 = try SharedAtomic(0)
        uint8 = try SharedAtomic(0)
        int16 = try SharedAtomic(0)
        uint16 = try SharedAtomic(0)
        int32 = try SharedAtomic(0)
        uint32 = try SharedAtomic(0)
        int64 = try SharedAtomic(0)
        uint64 = try SharedAtomic(1 << 63)
        int = try SharedAtomic(0)
        uint = try SharedAtomic(0)
        bool = try SharedAtomic(false)
    }
}

struct RaisingAtomics: Work {
    var atomics: Atomics
    var times: Int
    func run() {
        for step in 1...times {
            atomics.int8[].wrappingAdd(1, ordering: .relaxed)
            atomics.uint8[].wrappingAdd(1, ordering: .relaxed)
            atomics.int16[].wrappingAdd(1, ordering: .relaxed)
            atomics.uint16[].wrappingAdd(1, ordering: .acquiringAndReleasing)
            atomics.int32[].wrappingAdd(1, ordering: .sequentiallyConsistent)
            raise(atomics.uint32)
            atomics.int64[].wrappingSubtract(1, ordering: .relaxed)
            atomics.uint64[].wrappingAdd(1, ordering: .relaxed)
            atomics.int[].max(step, ordering: .relaxed)
            atomics.uint[].bitwiseOr(UInt(step & 0b1111), ordering: .relaxed)
            atomics.bool[].logicalOr(true, ordering: .relaxed)
        }
    }

    private func raise(_ word: SharedAtomic<UInt32>) {
        var seen = word[].load(ordering: .relaxed)
        while true {
            let (isDone, found) = word[].weakCompareExchange(expected: seen, desired: seen + 1, ordering: .relaxed)
            if isDone { return }
            seen = found
        }
    }
}

struct WaitingForWord: Work {
    var word: SharedAtomic<UInt32>
    func run() -> UInt32 { (word.wait(while: 7) ?? 0) + 1 }
}

struct CountingLetters: Work {
    var letters: SharedAtomicArray<Int>
    var of: Int
    var from: Int
    func run() { for index in 0..<of { letters[(index * 7 + from) % 26].add(1, ordering: .relaxed) } }
}

/// Answers whether it had a shard of its own.
struct CountingUp: Work {
    var counter: SharedCounter
    var claims: Bool
    var times: Int
    func run() -> Bool {
        guard claims, var shard = counter.claimShard() else {
            for _ in 0..<times { counter.add() }
            return false
        }
        for _ in 0..<times { shard.add() }
        return true
    }
}
