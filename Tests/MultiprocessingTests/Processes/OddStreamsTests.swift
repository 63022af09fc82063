// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

/// A program's standard streams may be closed or of no use: the numbers 0 to 2 are then free for what a start needs.
@Suite("With odd standard streams", .leavesNothingBehind)
struct OddStreamsTests {
    @Test(
        "that are closed, children do their work",
        .origin(
            "_test_multiprocessing.TestStdinBadfiledescriptor.test_queue_in_process",
            "_test_multiprocessing.TestStdinBadfiledescriptor.test_pool_in_process",
            "_test_multiprocessing.TestStdinBadfiledescriptor.test_flushing"),
        arguments: StartMethod.allCases, ["0<&-", "2>&-", "0<&- 2>&-"])
    func closed(_ method: StartMethod, _ redirection: String) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        for command in ["children", "manyWorkers"] {
            let script = "exec \(redirection); exec \"$0\" \(command) \(method.rawValue) 5"
            let result = try await Program.run("/bin/sh", ["-c", script, probe])
            #expect(result.status == .exited(0))
            #expect(result.standardOutput.contains(command == "children" ? "1\n4\n9\n16\n25\n" : "sum 55\n"))
        }
    }

    @Test(
        "whose other side takes nothing, a child that prints still answers",
        .origin(
            "_test_multiprocessing._TestProcess.test_error_on_stdio_flush_1",
            "_test_multiprocessing._TestProcess.test_error_on_stdio_flush_2"), arguments: StartMethod.allCases)
    func full(_ method: StartMethod) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(
            probe, ["printing", method.rawValue], standardOutput: .file("/dev/full"))
        #expect(result.status == .exited(0))
        #expect(result.standardError == "trouble in the child\n")
    }
}
