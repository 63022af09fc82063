// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct ProgressTests {
    @Test func `a terminal sees the progress, and nothing of it afterwards`() async throws {
        try await Tool.withServer(["--delay", "40"]) { url in
            let arguments = ["rfc:1000-1019", "--rfc-base", url, "--workers", "1"]
            let terminal = try await Tool.run(
                arguments, environment: ["TERM": "xterm"], standardError: .terminal)
            #expect(terminal.status == .exited(0))
            #expect(terminal.standardError.contains("/20 documents, "))
            #expect(terminal.standardError.hasSuffix("\r\u{1b}[K"))
            #expect(!terminal.standardOutput.contains("\u{1b}"))
            let quiet = try await Tool.run(
                arguments + ["--quiet"], environment: ["TERM": "xterm"], standardError: .terminal)
            #expect(quiet.status == .exited(0) && quiet.standardError.isEmpty)
            let dumb = try await Tool.run(arguments, environment: ["TERM": "dumb"], standardError: .terminal)
            #expect(dumb.status == .exited(0) && dumb.standardError.isEmpty)
            let pipe = try await Tool.run(arguments, environment: ["TERM": "xterm"])
            #expect(pipe.status == .exited(0) && pipe.standardError.isEmpty)
        }
    }

    @Test(arguments: [["-m", "threads"], ["-m", "tasks"], ["-m", "processes"]])
    func `a terminal sees what each worker is doing, and nothing of it afterwards`(model: [String]) async throws {
        try await Tool.withServer(["--delay", "400"]) { url in
            let arguments = model + ["rfc:1000-1003", "--rfc-base", url, "--workers", "2", "--progress"]
            let terminal = try await Tool.run(arguments, environment: ["TERM": "xterm"], standardError: .terminal)
            #expect(terminal.status == .exited(0))
            for place in ["  1  ", "  2  "] {
                #expect(terminal.standardError.contains(place), "\(terminal.standardError)")
            }
            #expect(terminal.standardError.contains("reading ") && terminal.standardError.contains("/rfc1001.txt"))
            #expect(terminal.standardError.hasSuffix("\u{1b}[J"))
            let pipe = try await Tool.run(arguments)
            #expect(pipe.status == .exited(0) && pipe.standardError.isEmpty)
        }
    }

    @Test func `verbose tells what is used and each document`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("hello", to: folder + "/a")
            let result = try await Tool.run(["-v", "-m", "processes", "-w", "2", folder])
            #expect(result.standardError.contains("model processes/forkserver/messages, 2 workers"))
            #expect(result.standardError.contains("\(folder)/a: 5 bytes"))
        }
    }
}
