// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// A pool that has worked and now has nothing to do.
enum IdleMeasurement {
    static func run(_ pool: ProcessPool) async throws {
        let sum = try await pool.map((1...100).map(Following.init)).reduce(0, +)
        guard sum == 100 * 103 / 2 else { throw BenchmarkFailure("a wrong sum: \(sum)") }
        let workers = pool.processIdentifiers
        let name = pool.startMethod.rawValue
        let servers = ForkServer.processIdentifier.map { [$0] } ?? []
        // What the last piece of work has begun comes to its end.
        usleep(500_000)
        // Of this process last before the second and first after it: to ask about the others costs it time.
        let (othersBefore, ownBefore) = (others(workers + servers), ProcessFacts.own.time)
        sleep(1)
        let (ownAfter, othersAfter) = (ProcessFacts.own.time, others(workers + servers))
        print(Series.line("\(name) cpu", [ownAfter - ownBefore + othersAfter - othersBefore]))
        let sizes = try workers.map(ProcessFacts.memory)
        print(Series.line("\(name) pss", sizes.map(\.proportional)))
        print(Series.line("\(name) private", sizes.map(\.own)))
        await pool.shutDown()
    }

    private static func others(_ processes: [Int32]) -> Double {
        processes.map(ProcessFacts.processorTime).reduce(0, +)
    }
}
