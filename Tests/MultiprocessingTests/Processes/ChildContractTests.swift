// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import TestSupport
import Testing

@testable import Multiprocessing

extension ChildContract {
    /// Checks it over children of this method, and stops the fork server that they may have come from.
    func holds(by method: StartMethod, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        defer { ForkServer.stop() }
        guard method == .fork else { return try check(method) }
        // In a program of its own, because the test runner has more than one thread.
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(probe, ["child", "fork", description])
        #expect(result.standardOutput == "holds\n", sourceLocation: sourceLocation)
        #expect(result.status == .exited(0), sourceLocation: sourceLocation)
    }
}

@Suite("A child, by every start method,", .leavesNothingBehind(after: { ForkServer.stop() }))
struct ChildContractTests {
    @Test("lives", arguments: ChildContract.lives, StartMethod.allCases)
    func lives(_ contract: ChildContract, by method: StartMethod) async throws { try await contract.holds(by: method) }

    @Test("has children of its own", arguments: ChildContract.families, StartMethod.allCases)
    func hasChildren(_ contract: ChildContract, by method: StartMethod) async throws {
        try await contract.holds(by: method)
    }

    @Test func `every contract has a sentence of its own`() {
        let sentences = ChildContract.all.map(\.description)
        #expect(Set(sentences).count == sentences.count)
    }
}
