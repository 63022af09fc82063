// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
public import Testing

extension Trait where Self == LeavesNothingBehind {
    /// The test leaves no process, descriptor, thread or shared memory behind.
    ///
    /// All tests with this trait run one at a time, whatever suite or target they belong to, because what one
    /// of them starts would look like another's leftover. On a suite it applies to each test in it. What is
    /// left two seconds after the test is an issue that names it. Tests without the trait go on in parallel
    /// and must therefore hold no descriptor or process for long.
    ///
    /// Waiting for one's turn counts towards `.timeLimit`.
    public static var leavesNothingBehind: Self { Self() }

    /// The same, after `warmUp` has made what stays for the process's whole life, such as a shared event loop.
    public static func leavesNothingBehind(after warmUp: @escaping @Sendable () async -> Void) -> Self {
        Self(warmUp: warmUp)
    }
}

/// The trait behind ``Testing/Trait/leavesNothingBehind``.
public struct LeavesNothingBehind: TestTrait, SuiteTrait, TestScoping {
    var warmUp: @Sendable () async -> Void = {}
    var patience = Duration.seconds(2)

    public var isRecursive: Bool { true }

    @TaskLocal private static var isActive = false
    private static let turn = FairLock()

    /// Only around a single case: around a suite it would wait for its own tests.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
        testCase == nil ? nil : self
    }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // A suite and its test may both bear the trait; the outer one has the turn already.
        if Self.isActive { return try await function() }
        try await Self.turn.withLock {
            try await Self.$isActive.withValue(true) {
                await Self.runtime.warm()
                await warmUp()
                Sessions.forgetAll()
                let before = Snapshot.now()
                var thrown: (any Error)?
                do { try await function() } catch { thrown = error }
                await report(since: before, of: test)
                if let thrown { throw thrown }
            }
        }
    }

    private func report(since before: Snapshot, of test: Test) async {
        // What a test has ended may still be on its way out.
        let leftovers = await remaining(after: patience) { Snapshot.now().leftovers(since: before) }
        if leftovers.isEmpty { return }
        let list = leftovers.joined(separator: "\n  ")
        Issue.record("left behind after \(patience):\n  \(list)", sourceLocation: test.sourceLocation)
    }

    private static let runtime = RuntimeDescriptors()
}

/// Makes the runtimes open now what they open once at first use and keep for the process's life.
private actor RuntimeDescriptors {
    private var isWarm = false

    /// Dispatch opens one epoll descriptor and, for each of its clocks, one timer descriptor at the first timer.
    func warm() async {
        if isWarm { return }
        isWarm = true
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { continuation.resume() }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(wallDeadline: .now() + .milliseconds(1)) { continuation.resume() }
        }
        try? await Task.sleep(for: .milliseconds(1), clock: .continuous)  // allowed: sleep is the subject
        try? await Task.sleep(for: .milliseconds(1), clock: .suspending)  // allowed: sleep is the subject
    }
}
