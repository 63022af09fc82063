// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct ProgramTests {
    @Test func `output, errors and exit code arrive`() async throws {
        let result = try await Program.run("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(result.status == .exited(3))
        #expect(result.standardOutput == "out\n")
        #expect(result.standardError == "err\n")
        #expect(result.maximumResidentBytes > 0)
        #expect(!result.outputStayedOpen)
    }

    @Test func `a signal is told from an exit code`() async throws {
        let result = try await Program.run("/bin/sh", ["-c", "kill -TERM $$"])
        #expect(result.status == .signaled(SIGTERM))
    }

    @Test func `two megabytes pass through both streams at once`() async throws {
        let script = "head -c 2000000 /dev/zero | tee /dev/stderr"
        let result = try await Program.run("/bin/sh", ["-c", script])
        #expect(result.standardOutputBytes.count == 2_000_000)
        #expect(result.standardErrorBytes.count == 2_000_000)
    }

    @Test func `two megabytes of input come back`() async throws {
        let input = Array("abcdefghijklmnopqrs\n".utf8) + Array(repeating: 0, count: 2_000_000)
        let result = try await Program.run("cat", standardInput: .bytes(input))
        #expect(result.standardOutputBytes == input)
    }

    @Test func `input that nobody reads is dropped`() async throws {
        let result = try await Program.run("true", standardInput: .bytes(Array(repeating: 0, count: 1_000_000)))
        #expect(result.status == .exited(0))
    }

    @Test func `the environment is changed and cut`() async throws {
        let result = try await Program.run(
            "/bin/sh", ["-c", "echo \"$ADDED ${HOME-none}\""], environment: ["ADDED": "yes", "HOME": nil])
        #expect(result.standardOutput == "yes none\n")
    }

    @Test func `only the three standard descriptors are passed on`() async throws {
        let leaky = unsafe open("/dev/null", O_RDONLY)
        defer { close(leaky) }
        let result = try await Program.run("ls", ["-1", "fd"], workingDirectory: "/proc/self")
        // The fourth is the folder itself, through which the program reads.
        #expect(result.standardOutput == "0\n1\n2\n3\n")
    }

    @Test func `an unknown program is an error with the system's reason`() async throws {
        await #expect(throws: ProgramError.self) { try await Program.run("/nowhere/at-all") }
    }

    @Test func `lines are seen while the program runs`() async throws {
        let program = try Program.start("cat", standardInput: .open)
        program.write("first\nsecond ".utf8)
        #expect(try await program.line(containing: "irs") == "first")
        #expect(program.isRunning)
        program.write("half\n".utf8)
        #expect(try await program.line(containing: "second") == "second half")
        program.closeStandardInput()
        var lines: [String] = []
        for await line in program.lines() { lines.append(line) }
        #expect(lines == ["first", "second half"])
        #expect(try await program.wait().status == .exited(0))
    }

    @Test func `waiting for a line that never comes ends with the program`() async throws {
        let program = try Program.start("echo", ["something else"])
        await #expect(throws: ProgramError.self) { try await program.line(containing: "absent") }
    }

    @Test func `a signal to the group reaches the children, one to the program does not`() async throws {
        // The terminal is one that nobody writes to: reading from it lasts.
        let script = "cat /dev/ptmx >/dev/null & echo ready; wait"
        let alone = try Program.start("/bin/sh", ["-c", script])
        try await alone.line(containing: "ready")
        alone.send(signal: SIGTERM)
        let result = try await alone.wait()
        #expect(result.status == .signaled(SIGTERM))
        // The child still holds the standard error that it shares with the shell.
        #expect(result.outputStayedOpen)
        #expect(await alone.survivors(after: .milliseconds(100)).count == 1)

        let group = try Program.start("/bin/sh", ["-c", script])
        try await group.line(containing: "ready")
        group.send(signal: SIGTERM, to: .group)
        #expect(try await group.wait().status == .signaled(SIGTERM))
        #expect(await group.survivors(after: .seconds(2)) == [])
        for orphan in alone.survivors() { kill(orphan.processIdentifier, SIGKILL) }
    }

    @Test func `a closed output is a broken pipe for the program`() async throws {
        let program = try Program.start("yes")
        try await program.line(containing: "y")
        program.closeStandardOutput()
        #expect(try await program.wait().status == .signaled(SIGPIPE))
    }

    @Test func `the deadline kills the program and its children`() async throws {
        await #expect(throws: ProgramError.self) {
            try await Program.run("/bin/sh", ["-c", "cat /dev/ptmx & cat /dev/ptmx"], deadline: .milliseconds(100))
        }
    }

    @Test func `a dropped handle kills the program`() async throws {
        var program: RunningProgram? = try Program.start("cat", standardInput: .open)
        let identifier = try #require(program?.processIdentifier)
        #expect(ProcessTable.children(of: getpid()).map(\.processIdentifier).contains(identifier))
        program = nil
        // That it is gone is what the trait checks.
    }

    @Test func `a terminal is a terminal`() async throws {
        let script = "test -t 2 && test ! -t 1 && echo yes >&2"
        let result = try await Program.run("/bin/sh", ["-c", script], standardError: .terminal)
        #expect(result.standardError == "yes\r\n")
    }

    @Test func `a full disk is what the program sees`() async throws {
        let result = try await Program.run("/bin/sh", ["-c", "echo lost"], standardOutput: .file("/dev/full"))
        #expect(result.status != .exited(0))
        #expect(result.standardOutput.isEmpty)
    }

    @Test func `descendants are found below their children`() async throws {
        let program = try Program.start("/bin/sh", ["-c", "(cat /dev/ptmx; true) & echo ready; wait"])
        try await program.line(containing: "ready")
        let found = ProcessTable.descendants(of: program.processIdentifier)
        #expect(!found.isEmpty)
        #expect(try #require(program.peakResidentBytes()) > 0)
    }
}
