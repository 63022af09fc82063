// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

// From ObservingAPool.md.

final class FailureCounts: PoolObserver {
    private let counts = Mutex<[String: Int]>([:])

    func observe(_ event: PoolEvent) {
        guard case .workEnded(_, _, let failure?) = event else { return }
        counts.withLock { $0[failure.kind, default: 0] += 1 }
    }

    var byKind: [String: Int] { counts.withLock { $0 } }
}

enum RequestNumber: WorkCarrier {
    @TaskLocal static var current: String?

    static func captured() -> [String: String]? { current.map { ["request": $0] } }

    static func restore<Result: Sendable>(
        _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        await $current.withValue(words["request"]) { await operation() }
    }
}

struct DescribeRequest: Work {
    func run() -> String { "request \(RequestNumber.current ?? "unknown")" }
}

func describe(_ number: String) async throws -> String {
    var companions = WorkCompanions()
    companions.carry(RequestNumber.self)
    let pool = try ProcessPool(workers: 1, companions: companions)
    let text = try await RequestNumber.$current.withValue(number) { try await pool.run(DescribeRequest()) }
    await pool.shutDown()
    return text
}

struct LinesRead: WorkerNotice {
    var count: Int
}

struct ReadLines: Work {
    var lines: [String]

    func run() throws -> Int {
        for index in lines.indices where index.isMultiple(of: 2) { try WorkerProcess.post(LinesRead(count: 2)) }
        return lines.count
    }
}

func readAll(_ parts: [[String]], onProgress: @escaping @Sendable (Int) -> Void) async throws -> Int {
    var companions = WorkCompanions()
    companions.handle(LinesRead.self) { notice, _ in onProgress(notice.count) }
    let pool = try ProcessPool(workers: 2, companions: companions)
    let counts = try await pool.map(parts.map(ReadLines.init))
    await pool.shutDown()
    return counts.reduce(0, +)
}
