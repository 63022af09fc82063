// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Multiprocessing
import Synchronization

/// A pool whose work has companions, in a process that had one thread.
enum CompanionProbe {
    private static let steps = Atomic(0)

    static func run(_ method: StartMethod) -> Never {
        var companions = WorkCompanions()
        companions.carry(Tag.self)
        companions.handle(StepDone.self) { _, _ in steps.add(1, ordering: .relaxed) }
        let pool: ProcessPool
        do { pool = try ProcessPool(workers: 2, by: method, companions: companions) } catch { ProbeEnd.now(2) }
        Task {
            do {
                let text = try await Tag.$current.withValue("p") { try await pool.run(ReadTag()) }
                StandardOutput.print(text)
                let count = try await pool.run(TellingSteps(threads: 2, steps: 20))
                StandardOutput.print("\(steps.load(ordering: .relaxed)) of \(count)")
                await pool.shutDown()
                ProbeEnd.now(0)
            } catch {
                StandardOutput.print("\(error)")
                ProbeEnd.now(1)
            }
        }
        dispatchMain()
    }
}
