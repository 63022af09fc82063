// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Multiprocessing
import Synchronization

/// Starts a program that reads its standard input to the end; answers the program's exit code.
struct ReadingInput: Work {
    func run() -> Int32 {
        // The command is a literal.
        unsafe system("cat > /dev/null")
    }
}

/// Has a pool of its own, whose work has a pool of its own, and so on; answers how many processes there were.
struct NestingPools: Work {
    var depth: Int
    var method: StartMethod
    /// Is thrown by the innermost.
    var error: Oops?

    func run() async throws -> [Int32] {
        if depth == 0, let error { throw error }
        if depth == 0 { return [getpid()] }
        let inner = NestingPools(depth: depth - 1, method: method, error: error)
        return try await withWorkerPool(.processes(1, by: method)) { pool in try await pool.run(inner) } + [getpid()]
    }
}

/// Uses what the caller has used before it had workers, or while it had: the threads of Dispatch.
struct UsingDispatch: Work {
    func run() -> Int { UsingDispatch.sum() }

    static func sum() -> Int {
        let sum = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 100) { sum.wrappingAdd($0, ordering: .relaxed) }
        return sum.load(ordering: .relaxed)
    }
}

/// Leaves a sign when its argument goes.
struct CarryingSign: Work {
    var parting: Parting
    func run() -> Int32 { getpid() }
}

final class Parting: Codable, Sendable {
    private let folder: String

    init(folder: String) { self.folder = folder }

    deinit { Signs.put("\(folder)/\(getpid())") }
}
