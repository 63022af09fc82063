// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

/// Workers and their server are killed and stopped at random moments while work flows: a few seconds of what
/// `swift run -c release chaos` does for minutes. Each run is a program of its own, which begins with one thread.
@Suite("Under chaos", .leavesNothingBehind)
struct ChaosTests {
    @Test("every piece of work ends as one value or one failure, and nothing is left", arguments: StartMethod.allCases)
    func holds(_ method: StartMethod) async throws {
        let chaos = try BuiltProducts.path(of: "chaos")
        // The seed is in what it prints.
        let arguments = ["--methods", method.rawValue, "--pieces", "1500", "--seconds", "2"]
        let result = try await Program.run(chaos, arguments, deadline: .seconds(120))
        #expect(result.status == .exited(0), "\(result.standardOutput)")
        #expect(result.standardOutput.contains("nothing left"), "\(result.standardOutput)")
    }
}
