// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing

/// Programs with a pool that Ctrl-C is typed at.
enum InterruptProbe: String {
    /// Cancelled, it ends its pool and says so, then ends by the signal.
    case polite
    /// Nothing that it does notices a cancellation.
    case deaf
    /// Cancelled, it still has a result; then it goes on to its end.
    case partial
    /// A second call within the first, and a third beside it.
    case nested

    func run(_ method: StartMethod) -> Never {
        let pool: ProcessPool
        do { pool = try ProcessPool(workers: 2, by: method) } catch { ProbeEnd.now(2) }
        let isDeaf = self == .deaf
        Task {
            do {
                switch self {
                case .polite: try await withInterruptHandling { try await Self.waitForEver(pool) }
                case .deaf: try await withInterruptHandling { await Self.hearNothing(pool) }
                case .partial:
                    let result = try await withInterruptHandling { await Self.partialResult(pool) }
                    StandardOutput.print("result \(result)")
                case .nested: try await Self.nest(pool)
                }
                ProbeEnd.now(isDeaf ? 3 : 0)
            } catch let interrupted as Interrupted {
                StandardOutput.print("\(interrupted)")
                interrupted.endProgram()
            } catch {
                StandardOutput.print("\(error)")
                ProbeEnd.now(1)
            }
        }
        dispatchMain()
    }

    private static func waitForEver(_ pool: ProcessPool) async throws {
        announce(pool)
        defer { StandardOutput.print("cancelled: \(Task.isCancelled)") }
        do {
            try await Task.sleep(for: .seconds(1_000))  // allowed: sleep is the subject
        } catch {
            await pool.shutDown(.abandoning)
            throw error
        }
    }

    private static func partialResult(_ pool: ProcessPool) async -> Int {
        try? await waitForEver(pool)
        return 7
    }

    /// A task that is detached hears of no cancellation; it waits for a worker that never answers.
    private static func hearNothing(_ pool: ProcessPool) async {
        let work = Task.detached {
            announce(pool)
            _ = try? await pool.run(Endless())
        }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            StandardOutput.print("cancelled: true")
        }
    }

    private static func nest(_ pool: ProcessPool) async throws {
        try await withInterruptHandling {
            async let beside: Void = withInterruptHandling {
                try? await Task.sleep(for: .seconds(1_000))  // allowed: sleep is the subject
                StandardOutput.print("beside: \(Task.isCancelled)")
            }
            do {
                try await withInterruptHandling { try await waitForEver(pool) }
            } catch let inner as Interrupted {
                StandardOutput.print("inner: \(inner.signal)")
            }
            try await beside
            try Task.checkCancellation()
        }
    }

    private static func announce(_ pool: ProcessPool) {
        StandardOutput.print("workers " + pool.processIdentifiers.map(String.init).joined(separator: " "))
    }
}
