// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Waits in its worker until all are there: as many of these as there are workers run in as many workers.
struct Attending: Work {
    var arrivals: Heart
    var begin: SharedEvent

    func run() -> Int32 {
        arrivals.beat()
        begin.wait()
        return getpid()
    }
}

/// Has each worker of the pool attend at the same time, and answers their processes.
///
/// Afterwards every worker lives and has done some work. A worker may have died without anybody's having noticed yet: the
/// piece of work that meets it is submitted again, which is once for each such worker.
@discardableResult
func gather(_ pool: any WorkerPool) async throws -> [Int32] {
    let (arrivals, begin) = (try Heart(), try SharedEvent())
    return try await withThrowingTaskGroup { group in
        for _ in 0..<pool.workerCount {
            group.addTask {
                for _ in 0...pool.workerCount {
                    do throws(WorkFailure) {
                        return try await pool.run(Attending(arrivals: arrivals, begin: begin))
                    } catch {
                        guard case .died = error else { throw Violation("found \(error)") }
                    }
                }
                throw Violation("more workers died than there were")
            }
        }
        await arrivals.reaches(pool.workerCount)
        begin.set()
        let processes = try await group.reduce(into: []) { $0.append($1) }
        try requireEqual(Set(processes).count, pool is ProcessPool ? pool.workerCount : 1)
        return processes
    }
}

/// Kills another worker of the same program, or itself.
struct Killing: Work {
    var victim: Int32

    func run() -> Int32 {
        // A number may be another process's by now, which at least is none of another program.
        if getsid(victim) == getsid(0) { kill(victim, SIGKILL) }
        return victim
    }
}

/// Waits until something holds; what a pool lets go of in other threads goes without an event.
public func eventually(
    _ what: String, file: String = #fileID, line: Int = #line, _ holds: () -> Bool
) async throws(Violation) {
    let deadline = ContinuousClock.now.advanced(by: .seconds(20))
    while !holds() {
        if ContinuousClock.now > deadline { throw Violation("never: \(what)", file: file, line: line) }
        await Task.yield()
    }
}
