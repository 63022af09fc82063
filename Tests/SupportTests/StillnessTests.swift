// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("Stillness", .leavesNothingBehind)
struct StillnessSupportTests {
    @Test func `a program that polls is found`() async throws {
        // Bash's own wait, so that it is this very process that polls.
        let script = "echo on; while ! read -t 0.05 line; do :; done"
        let program = try Program.start("bash", ["-c", script], standardInput: .open)
        try await program.line(containing: "on")
        let violations = await Stillness.violations(by: [program.processIdentifier], within: .milliseconds(300))
        #expect(violations.count == 1)
        program.closeStandardInput()
        program.send(signal: 9)
        _ = try await program.wait()
    }

    @Test func `a program that waits is not`() async throws {
        let program = try Program.start("cat", standardInput: .open)
        program.write("on\n".utf8)
        try await program.line(containing: "on")
        #expect(await Stillness.violations(by: [program.processIdentifier], within: .milliseconds(300)).isEmpty)
        program.closeStandardInput()
        #expect(try await program.wait().status == .exited(0))
    }
}
