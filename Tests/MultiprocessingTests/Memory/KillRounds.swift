// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import Multiprocessing
import Testing

/// Kills children at random moments of endless work, one a round, and has the living looked after each time.
///
/// What must hold is the caller's to check: that the others go on within a bound, and that nothing is lost or torn but
/// what the dead one was doing.
struct KillRounds {
    /// As many as the variable MULTIPROCESSING_KILLS says (10,000 for the long form), or a hundred.
    static let usual: Int = {
        // The name is a literal; the value is copied.
        guard let value = unsafe getenv("MULTIPROCESSING_KILLS") else { return 100 }
        return Int(unsafe String(cString: value)) ?? 100
    }()

    var rounds = usual
    /// The longest time that a child is left alone after its first beat.
    var longest = Duration.microseconds(300)
    var method = StartMethod.forkServer
    /// A failure names it, so that the same moments can be tried again (the machine's load is not repeated).
    var seed = UInt64.random(in: 0 ... .max)

    /// - Parameters:
    ///   - heart: Beats in the work's loop; a child that has not beaten yet is not killed.
    ///   - work: Made anew for each round. Never ends by itself.
    ///   - check: After each round.
    func run<W: Work>(
        _ heart: Heart, killing work: (_ round: Int) -> W, check: (_ round: Int) async throws -> Void
    ) async throws {
        var random = SplitMix(state: seed)
        for round in 0..<rounds {
            let before = heart.beats
            let child = try ChildProcess.start(work(round), by: method)
            guard await heart.goes(beyond: before) else {
                child.kill()
                Issue.record("round \(round), seed \(seed): no beat came: \(await child.outcome)")
                return
            }
            Self.letPass(longest * Int(random.next() % 1_024) / 1_024)
            child.kill()
            let status = await child.exitStatus
            #expect(status == .signaled(SIGKILL), "round \(round), seed \(seed)")
            do {
                try await check(round)
            } catch {
                Issue.record("round \(round), seed \(seed): \(error)")
                return
            }
        }
    }

    /// Far shorter than a scheduler's turn, and it is the subject: the child must be killed at any of its steps.
    private static func letPass(_ time: Duration) {
        let end = ContinuousClock.now.advanced(by: time)
        while ContinuousClock.now < end { sched_yield() }
    }
}

extension Heart {
    /// Waits for a beat; false when none has come for a long time.
    fileprivate func goes(beyond count: Int) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while beats == count {
            if ContinuousClock.now > deadline { return false }
            await Task.yield()
        }
        return true
    }
}

/// A small generator whose whole state is one number.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
