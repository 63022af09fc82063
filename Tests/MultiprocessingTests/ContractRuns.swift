// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// What a contract is checked over.
///
/// A suite checks a list of contracts over all of them with one test:
///
///     @Test("over every kind of worker", arguments: PoolContract.locks, ContractRun.all)
///     func holds(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
///
/// The list is also a line of `ContractLists.swift`.
enum ContractRun: String, CaseIterable, CustomStringConvertible {
    case inline, threads, spawn, forkServer, fork

    var description: String { rawValue }

    /// A process backend by every start method.
    static let processes = [ContractRun.spawn, .forkServer, .fork]

    /// The thread backend and the process backend by every start method.
    static let all = [ContractRun.threads] + processes
}

extension PoolContract {
    /// Checks it over a pool of its size.
    func holds(over run: ContractRun, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        switch run {
        case .inline: try await checkAndEnd(InlinePool())
        case .threads: try await checkAndEnd(ThreadPool(workers: workers))
        case .spawn: try await checkAndEnd(ProcessPool(workers: workers, by: .spawn))
        case .forkServer: try await checkAndEnd(ProcessPool(workers: workers, by: .forkServer))
        case .fork: try await checkInProbe(sourceLocation)
        }
    }

    private func checkAndEnd(_ pool: any WorkerPool) async throws {
        do {
            try await check(pool)
        } catch {
            await pool.shutDown(.abandoning)
            throw error
        }
        await pool.shutDown()
    }

    /// In a program of its own, because the test runner has more than one thread.
    private func checkInProbe(_ sourceLocation: SourceLocation) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(probe, ["contract", "fork", description])
        #expect(result.standardOutput == "holds\n", sourceLocation: sourceLocation)
        #expect(result.status == .exited(0), sourceLocation: sourceLocation)
    }
}

@Suite struct ContractListTests {
    @Test func `every contract has a sentence of its own`() {
        let contracts = Dictionary(grouping: PoolContract.all, by: \.description)
        #expect(contracts.filter { $0.value.count > 1 }.keys.sorted() == [], "two contracts have the same sentence")
    }
}
