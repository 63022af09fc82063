// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A word on which waiters sleep until somebody has made something free.
///
/// Bit 0: somebody sleeps, or is about to; the rest counts announcements.
struct ChangeSignal: Sendable {
    private static let sleepers: UInt32 = 1

    let word: SharedWord

    /// Before a look that may end in sleep: what to sleep on.
    ///
    /// A change that this look does not see is announced after the mark was set: then the word is not as answered here,
    /// or its sleeper is woken.
    func mark() -> UInt32 { word.set(Self.sleepers) | Self.sleepers }

    /// After the change. Wakes nobody, and makes no system call, where nobody has set the mark since the last time.
    func announce(wakingAtMost count: Int = .max) {
        while true {
            let seen = word.value
            guard word.replace(seen, by: (seen & ~Self.sleepers) &+ 2) else { continue }
            if seen & Self.sleepers != 0 { word.wake(atMost: count) }
            return
        }
    }

    /// Hands a wake-up on to another sleeper.
    func passOn() { word.wake(atMost: 1) }
}
