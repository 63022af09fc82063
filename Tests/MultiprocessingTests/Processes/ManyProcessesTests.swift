// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

/// All of them are at work at the same time before the first one answers.
@Suite("A thousand processes", .leavesNothingBehind)
struct ManyProcessesTests {
    private static let count = 1_000

    /// What the documentation says that one costs this process, at most.
    private static let descriptorsEach = 5

    @Test(
        "start, answer and end", .origin("_test_multiprocessing.MiscTestCase.test_large_pool"),
        arguments: [StartMethod.forkServer, .spawn], ["manyChildren", "manyWorkers"])
    func many(_ method: StartMethod, _ kind: String) async throws {
        let count = Self.count
        let probe = try Program.start(
            try BuiltProducts.path(of: "Probe"), [kind, method.rawValue, "\(count)"], deadline: .seconds(300))
        let result = try await probe.wait()
        #expect(result.status == .exited(0), "\(result.standardOutput.suffix(400))")
        let lines = result.standardOutput.split(separator: "\n").map { $0.split(separator: " ") }
        let figures = Dictionary(lines.map { (String($0[0]), Int($0[1])) }) { first, _ in first }
        #expect(figures["processes"] == count)
        #expect(figures["sum"] == count * (count + 1) * (2 * count + 1) / 6)
        let descriptors = try #require(figures["descriptors"] ?? nil)
        #expect(descriptors <= count * Self.descriptorsEach + 16)
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }
}
