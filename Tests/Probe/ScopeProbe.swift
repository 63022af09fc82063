// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing

/// Programs that go on after they have left a pool or a child, in each of the ways that there are. They begin at a line
/// of input, say when they have left, and stay until the next line.
enum ScopeProbe: String {
    // These make their pool within a task, where `.fork` is too late.
    case scopeReturns, scopeThrows, scopeIsCancelled
    case poolIsDropped, poolFinishes, poolIsAbandoned, childIsDropped

    func run(_ method: StartMethod) -> Never {
        // Known before the others are: what it opens is no leftover.
        let doors = Doors()
        StandardOutput.print("ready")
        _ = readLine()
        do {
            switch self {
            case .childIsDropped:
                try Self.dropChild(method, doors)
                Self.finish()
            case .scopeReturns, .scopeThrows, .scopeIsCancelled:
                Task { await leaveScope(.processes(2, by: method), doors) }
            case .poolIsDropped, .poolFinishes, .poolIsAbandoned:
                leave(try ProcessPool(workers: 2, by: method), doors)
            }
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(2)
        }
        dispatchMain()
    }

    private static func dropChild(_ method: StartMethod, _ doors: Doors) throws {
        let child = try ChildProcess.start(doors.stay(), by: method)
        doors.awaitArrivals(1)
        // Let go here, while it works.
        withExtendedLifetime(child) {}
    }

    private func leaveScope(_ workers: Workers, _ doors: Doors) async {
        do {
            try await withWorkerPool(workers) { pool in
                let square = try await pool.run(Square(number: 3))
                if square != 9 { ProbeEnd.now(4) }
                if self == .scopeThrows { throw Enough() }
                if self == .scopeIsCancelled {
                    // This very task, used within the call only.
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    _ = try await pool.run(doors.stay())
                }
            }
        } catch {
            StandardOutput.print("\(error)")
        }
        Self.finish()
    }

    /// The pool is the task's alone, and gone with it.
    private func leave(_ pool: ProcessPool, _ doors: Doors) {
        let task = Task {
            let square = try await pool.run(Square(number: 3))
            if square != 9 { ProbeEnd.now(4) }
            switch self {
            case .poolFinishes: await pool.shutDown()
            case .poolIsAbandoned:
                let underway = Task { try await pool.run(doors.stay()) }
                doors.awaitArrivals(1)
                await pool.shutDown(.abandoning)
                StandardOutput.print("\(await underway.result)")
            default: break
            }
        }
        Task {
            _ = await task.result
            Self.finish()
        }
    }

    private static func finish() -> Never {
        ForkServer.stop()
        StandardOutput.print("left")
        // Stays, to be looked at from outside.
        _ = readLine()
        ProbeEnd.now(0)
    }
}

/// Why a scope is left.
struct Enough: Error {}
