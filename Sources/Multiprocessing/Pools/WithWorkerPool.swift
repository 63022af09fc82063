// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which workers a pool is to have.
public enum Workers: Sendable, Hashable {
    /// None: the caller itself.
    case inline

    /// Threads of this process.
    case threads(Int)

    /// Child processes, begun by a start method.
    case processes(Int, by: StartMethod = .default)

    /// Makes a pool, which the caller shuts down; `withWorkerPool` does both.
    ///
    /// - Throws: Why its workers could not be started.
    public func makePool() throws(StartFailure) -> any WorkerPool {
        switch self {
        case .inline: InlinePool()
        case .threads(let count): try ThreadPool(workers: count)
        case .processes(let count, let method): try ProcessPool(workers: count, by: method)
        }
    }
}

/// Makes a pool for the time of `body` and ends it afterwards, whichever way `body` is left.
///
///     try await withWorkerPool(.processes(4)) { pool in
///         let squares = try await pool.map((1...100).map(Square.init))
///     }
///
/// When `body` returns, work that it has left behind is finished first; when it throws or its task is cancelled, what
/// waits is abandoned. In both cases no worker is left afterwards.
///
/// - Parameters:
///   - workers: Which workers, and how many.
///   - body: Uses the pool; the pool is of no use after it.
/// - Throws: `StartFailure` when the workers could not be started, or what `body` throws.
nonisolated(nonsending) public func withWorkerPool<Result>(
    _ workers: Workers, _ body: (any WorkerPool) async throws -> Result
) async throws -> Result {
    let pool = try workers.makePool()
    do {
        let result = try await body(pool)
        await pool.shutDown(Task.isCancelled ? .abandoning : .finishing)
        return result
    } catch {
        await pool.shutDown(.abandoning)
        throw error
    }
}
