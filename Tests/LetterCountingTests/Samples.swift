// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// Bytes that look random and are the same in every run, so that a failure can be repeated.
struct SeededBytes {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Bytes of which many are quotes, backslashes and white space.
    mutating func awkwardText(_ count: Int) -> [UInt8] {
        let choices = Array("'\"\\\t\n\r\u{c}\u{7f}\u{0} nxbAZé".utf8)
        return (0..<count).map { _ in choices[Int(next() % UInt64(choices.count))] }
    }
}

extension LetterCounter {
    /// A part of an array as one chunk: a span has to be made of something that stays.
    mutating func feed(_ chunk: ArraySlice<UInt8>) {
        update(chunk.span)
    }
}
