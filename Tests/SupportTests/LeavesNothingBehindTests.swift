// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import TestSupport

/// A leftover of each kind is made on purpose; the trait must find it, and the test then clears it away.
@Suite struct LeavesNothingBehindTests {
    @Test func `a zombie is found`() async throws {
        let (child, issues) = try await issues { try spawn("/bin/true") }
        #expect(issues.contains { $0.contains("process \(child) (zombie)") })
        reap(child)
    }

    @Test func `a running child is found with its command line`() async throws {
        // It reads from a terminal that nobody writes to.
        let (child, issues) = try await issues { try spawn("/bin/cat", "/dev/ptmx") }
        #expect(issues.contains { $0.contains("process \(child) (state") && $0.contains("/bin/cat") })
        kill(child, SIGKILL)
        reap(child)
    }

    @Test func `a process that outlives its program is found`() async throws {
        let (orphan, issues) = try await issues {
            // The shell ends at once; what it leaves in the background gets another parent.
            let script = "cat /dev/ptmx >/dev/null 2>&1 & echo $!"
            let result = try await Program.run("/bin/sh", ["-c", script])
            return try #require(pid_t(result.standardOutput.filter(\.isNumber)))
        }
        #expect(issues.contains { $0.contains("process \(orphan) ") })
        kill(orphan, SIGKILL)
    }

    @Test func `an open descriptor is found with its target`() async throws {
        let (descriptor, issues) = try await issues { unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }
        #expect(issues.contains { $0.contains("descriptor \(descriptor) -> /dev/null") })
        close(descriptor)
    }

    @Test func `a thread of ours is found by its name`() async throws {
        let gate = BlockingGate()
        let (_, issues) = try await issues { try startNamedThread("mp.test", holdingAt: gate) }
        #expect(issues.contains { $0.contains("thread mp.test (") })
        gate.open()
    }

    @Test func `a thread of somebody else is left alone`() async throws {
        let gate = BlockingGate()
        let (_, issues) = try await issues { try startNamedThread("other", holdingAt: gate) }
        #expect(!issues.contains { $0.contains("thread") })
        gate.open()
    }

    @Test func `a file in shared memory is found`() async throws {
        let path = "/dev/shm/swift-multiprocessing-test-\(getpid())"
        let (_, issues) = try await issues { try TestFile.write("left", to: path) }
        #expect(issues.contains { $0.contains("shared memory \(path)") })
        _ = unsafe unlink(path)
    }

    @Test func `what is gone within the patience is no issue`() async throws {
        let (_, issues) = try await issues {
            let gate = BlockingGate()
            try startNamedThread("mp.brief", holdingAt: gate)
            gate.open()
        }
        #expect(issues.isEmpty)
    }

    @Test(.leavesNothingBehind, arguments: [1, 2])
    func `a trait within a trait does not wait for itself`(_: Int) async throws {
        #expect(try await issues {}.1 == [])
    }

    /// Runs `body` as a test with the trait and returns the issues that the trait records.
    private func issues<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> (Value, [String]) {
        let found = Mutex<[String]>([])
        let value = Mutex<Value?>(nil)
        let test = try #require(Test.current)
        let trait = LeavesNothingBehind(patience: .milliseconds(300))
        try await withKnownIssue(isIntermittent: true) {
            try await trait.provideScope(for: test, testCase: Test.Case.current) {
                let result = try await body()
                value.withLock { $0 = result }
            }
        } matching: { issue in
            found.withLock { $0.append(issue.comments.map(\.rawValue).joined()) }
            return issue.error == nil
        }
        return (try #require(value.withLock { $0 }), found.withLock { $0 })
    }
}

private func spawn(_ executable: String, _ arguments: String...) throws -> pid_t {
    let streams = try ProgramStreams(.nothing, .file("/dev/null"), .file("/dev/null"))
    defer { streams.closeAll() }
    return try Spawn.program(executable, arguments, [:], nil, streams)
}

private func startNamedThread(_ name: String, holdingAt gate: BlockingGate) throws {
    let named = BlockingGate()
    startThread {
        try? TestFile.write(name, to: "/proc/thread-self/comm")
        named.open()
        gate.enter()
    }
    named.enter()
}

private func reap(_ child: pid_t) {
    let reaped = waitpid(child, nil, 0)
    #expect(reaped == child)
}
