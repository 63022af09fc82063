// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

/// No wait polls: whoever waits does not run, which the kernel counts.
@Suite("Waiting costs nothing", .leavesNothingBehind)
struct StillnessTests {
    @Test(
        "to the parent, its workers and their server",
        arguments: ["idlePool", "awaitedRun", "childOnThread", "awaitedChild", "anyOfChildren"])
    func waits(_ way: String) async throws {
        let executable = try BuiltProducts.path(of: "Probe")
        let probes = try StartMethod.allCases.map { try Program.start(executable, [way, $0.rawValue]) }
        var everybody: [Int32] = []
        for probe in probes {
            let line = try await probe.line(containing: "workers ")
            let workers = line.split(separator: " ").compactMap { Int32($0) }
            let own = probe.processIdentifier
            let processes = [own] + ProcessTable.descendants(of: own).map(\.processIdentifier)
            #expect(!workers.isEmpty && Set(workers).isSubset(of: processes))
            everybody += processes
        }
        let violations = await Stillness.violations(by: everybody, within: .seconds(1))
        #expect(violations.isEmpty)
    }
}
