// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Multiprocessing

/// Programs that wait for a worker that never answers, in each of the ways to wait. They print the workers' numbers.
enum WaitingProbe: String, CaseIterable {
    /// A pool has nothing to do, or one of its two workers does nothing for ever.
    case idlePool, awaitedRun
    /// A child, by a thread or by a task, for itself or among others.
    case childOnThread, awaitedChild, anyOfChildren

    func run(_ method: StartMethod) -> Never {
        let doors = Doors()
        do {
            switch self {
            case .idlePool:
                let pool = try ProcessPool(workers: 2, by: method)
                Self.announce(pool.processIdentifiers)
                withExtendedLifetime(pool) { dispatchMain() }
            case .awaitedRun:
                let pool = try ProcessPool(workers: 2, by: method)
                Task { try await pool.run(doors.work(2)) }
                doors.awaitArrivals(1)
                Self.announce(pool.processIdentifiers)
                dispatchMain()
            case .childOnThread: _ = try Self.child(doors, method).wait()
            case .awaitedChild:
                let child = try Self.child(doors, method)
                Task { await child.outcome }
            case .anyOfChildren:
                let children = [try Self.child(doors, method)]
                Task { await waitForAny(of: children) }
            }
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(2)
        }
        dispatchMain()
    }

    private static func child(_ doors: Doors, _ method: StartMethod) throws -> ChildProcess<Int> {
        let child = try ChildProcess.start(doors.work(2), by: method)
        doors.awaitArrivals(1)
        announce([child.processIdentifier])
        return child
    }

    private static func announce(_ processes: [Int32]) {
        let servers = ForkServer.processIdentifier.map { [$0] } ?? []
        StandardOutput.print("workers " + (processes + servers).map(String.init).joined(separator: " "))
    }
}
