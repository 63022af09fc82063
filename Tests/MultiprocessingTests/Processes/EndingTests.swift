// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

/// Nothing outlives a program by more than a second.
@Suite("However a program ends", .leavesNothingBehind)
struct EndingTests {
    @Test("killed, its workers end that ignore polite requests", arguments: StartMethod.allCases)
    func stubborn(_ method: StartMethod) async throws { try await kill("stubborn", method) }

    @Test("killed, the programs end that its works have started", arguments: StartMethod.allCases)
    func grandchildren(_ method: StartMethod) async throws { try await kill("grandchildren", method) }

    @Test(
        "by its own coder, its workers end with it",
        .origin(
            "test_deadlock.ExecutorDeadlockTest.test_exit_during_result_unpickle_in_result_handler",
            "loky._test_process_executor.test_shutdown_with_sys_exit_at_pickle"),
        arguments: StartMethod.allCases, ["exitEncoding", "crashEncoding", "exitDecoding", "crashDecoding"])
    func coder(_ method: StartMethod, _ command: String) async throws {
        let probe = try Program.start(try BuiltProducts.path(of: "Probe"), [command, method.rawValue])
        let expected: ProgramResult.Status = command.hasPrefix("exit") ? .exited(7) : .signaled(SIGSEGV)
        #expect(try await probe.wait().status == expected)
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }

    private func kill(_ command: String, _ method: StartMethod) async throws {
        let probe = try Program.start(try BuiltProducts.path(of: "Probe"), [command, method.rawValue])
        var begun = 0
        for await line in probe.lines() where line.hasPrefix("begun") {
            begun += 1
            if begun == 2 { break }
        }
        #expect(begun == 2)
        probe.send(signal: SIGKILL)
        #expect(try await probe.wait().status == .signaled(SIGKILL))
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }
}
