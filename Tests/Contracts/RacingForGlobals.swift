// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

/// Two threads come to one global after another at the same time, each of which is made then. Answers their sum.
struct RacingForGlobals: Work {
    func run() async -> Int {
        let places = Places()
        let other = Task.detached { places.race(.second) }
        let sum = places.race(.first)
        return await other.value == sum ? sum : -1
    }

    /// Where each of the two has come.
    private final class Places: Sendable {
        enum Racer { case first, second }

        private let first = Atomic(0)
        private let second = Atomic(0)

        func race(_ racer: Racer) -> Int {
            var sum = 0
            for (index, value) in LateGlobals.all.enumerated() {
                switch racer {
                case .first: meet(first, second, index + 1)
                case .second: meet(second, first, index + 1)
                }
                sum += value()
            }
            return sum
        }

        private func meet(_ own: borrowing Atomic<Int>, _ other: borrowing Atomic<Int>, _ place: Int) {
            own.store(place, ordering: .sequentiallyConsistent)
            while other.load(ordering: .sequentiallyConsistent) < place { sched_yield() }
        }
    }
}

/// Numbers that take a while to be made.
private enum LateGlobals {
    static let all: [@Sendable () -> Int] = [
        { a }, { b }, { c }, { d }, { e }, { f }, { g }, { h }, { i }, { j }, { k }, { l }, { m }, { n }, { o }, { p },
    ]

    private static let a = late(0)
    private static let b = late(1)
    private static let c = late(2)
    private static let d = late(3)
    private static let e = late(4)
    private static let f = late(5)
    private static let g = late(6)
    private static let h = late(7)
    private static let i = late(8)
    private static let j = late(9)
    private static let k = late(10)
    private static let l = late(11)
    private static let m = late(12)
    private static let n = late(13)
    private static let o = late(14)
    private static let p = late(15)

    private static func late(_ number: Int) -> Int {
        for _ in 0..<10 { sched_yield() }
        return number
    }
}
