// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite struct BarrierPhaseTests {
    @Test func `a late party learns what became of its round, for 32 rounds`() {
        var phase = BarrierPhase(bits: 0)
        let outcomes = (0..<40).map { $0 % 3 != 0 }
        for outcome in outcomes { phase.end(passed: outcome) }
        #expect(phase.round == 40)
        for (round, outcome) in outcomes.enumerated() {
            #expect(phase.hasPassed(UInt64(round)) == (outcome && round >= 8), "round \(round)")
        }
        #expect(!phase.hasPassed(40))
        #expect(!phase.hasPassed(41))
    }

    @Test func `rounds begin anew after the last number`() {
        var phase = BarrierPhase(bits: BarrierPhase.roundMask << 3)
        phase.state = .acting
        phase.end(passed: true)
        #expect(phase.round == 0)
        #expect(phase.state == .filling)
        #expect(phase.hasPassed(BarrierPhase.roundMask))
    }

    @Test func `the parts do not touch each other`() {
        var phase = BarrierPhase(bits: .max)
        phase.hasSleepers = false
        #expect(phase.bits == UInt64.max - 1)
        phase.state = .acting
        #expect(phase.state == .acting)
        #expect(phase.round == BarrierPhase.roundMask)
        phase.hasSleepers = true
        phase.state = .broken
        #expect(phase.hasSleepers)
        #expect(phase.bits >> 32 == 0xffff_ffff)
        // A pattern that nobody writes but a hostile peer.
        #expect(BarrierPhase(bits: 6).state == .broken)
    }
}
