// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Multiprocessing

/// One behaviour that every implementation owes, written once and checked against each of them.
///
/// Of a pool, or of what the works in a pool share: a lock, a queue or memory is made in the contract, travels as a field
/// of its works and is used from threads by a pool of threads and from processes by a pool of processes.
///
/// A plain function that throws rather than a test: the same one runs in the test runner and, for `.fork`, in a probe
/// that is still single-threaded when it makes its pool.
public struct PoolContract: Sendable, CustomStringConvertible {
    /// The behaviour as a sentence.
    public let description: String
    /// How many workers its pool needs: as many as its works that wait for one another.
    public let workers: Int
    /// The tests of the peers whose behaviour it covers, as FILE.CLASS.METHOD: lines of the conformance ledger.
    public let origins: [String]
    private let body: @Sendable (any WorkerPool) async throws -> Void

    init(
        _ sentence: String, workers: Int = 2, origins: [String] = [],
        _ body: @escaping @Sendable (any WorkerPool) async throws -> Void
    ) {
        description = sentence
        self.workers = workers
        self.origins = origins
        self.body = body
    }

    /// Checks it against a pool of `workers` workers (an inline pool has one), which is the checker's to use up.
    public func check(_ pool: any WorkerPool) async throws { try await body(pool) }

    /// What every pool owes.
    public static let everyPool = basics + failures + flow + ending + surroundings

    /// What only a pool of processes can owe.
    public static let processPool = crashes + refusals + isolation
}

/// What did not hold.
public struct Violation: Error, CustomStringConvertible {
    public let description: String

    public init(_ message: String, file: String = #fileID, line: Int = #line) {
        description = "\(file):\(line): \(message)"
    }
}

/// Throws unless the condition holds.
func require(
    _ condition: Bool, _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line
) throws(Violation) {
    if !condition { throw Violation(message(), file: file, line: line) }
}

/// Throws unless both are the same.
func requireEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, file: String = #fileID, line: Int = #line
) throws(Violation) {
    if found != expected { throw Violation("expected \(expected), found \(found)", file: file, line: line) }
}

/// The failure of a work that must not succeed.
func failure<W: Work>(
    of work: W, in pool: any WorkerPool, file: String = #fileID, line: Int = #line
) async throws(Violation) -> WorkFailure {
    let output: W.Output
    do throws(WorkFailure) { output = try await pool.run(work) } catch { return error }
    throw Violation("expected a failure, found \(output)", file: file, line: line)
}

/// The report of a worker that died with this work.
func report(
    of work: some Work, in pool: any WorkerPool, file: String = #fileID, line: Int = #line
) async throws(Violation) -> CrashReport {
    let failure = try await failure(of: work, in: pool, file: file, line: line)
    guard case .died(let report) = failure else {
        throw Violation("expected a death, found \(failure)", file: file, line: line)
    }
    return report
}
