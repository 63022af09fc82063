// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

@Suite("The machine", .leavesNothingBehind)
struct MachineTests {
    @Test(
        "offers at least one processor and no more than are on",
        .origin("_test_multiprocessing._TestProcess.test_cpu_count"))
    func processors() {
        let count = Machine.current.usableProcessors
        #expect(count >= 1)
        #expect(count <= sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    @Test(
        "respects the affinity of its process",
        .enabled(if: TestFile.names(in: "/usr/bin").contains("taskset"), "taskset is not installed"))
    func affinity() async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run("/usr/bin/taskset", ["-c", "0", probe, "processors", "spawn"])
        #expect(result.standardOutput == "1\n")
    }
}
