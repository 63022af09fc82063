// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Synchronization

extension SharedAtomic<UInt32> {
    /// Waits until the value is another than this one, without a turn of the processor meanwhile, and answers it.
    ///
    /// Who changes the value calls ``wakeAll()`` afterwards; without that call waiters find out within 100 ms. What was
    /// written before a releasing change is seen afterwards.
    ///
    /// - Parameters:
    ///   - value: What it is now, as far as the caller knows; another value ends the wait at once.
    ///   - timeout: nil waits for ever, zero only looks.
    /// - Returns: The new value; nil when the time is up.
    @available(*, noasync, message: "this blocks the thread: use the form with await")
    public func wait(while value: UInt32, timeout: Duration? = nil) -> UInt32? {
        let word = object.word(at: 0)
        return Waiting.block(until: Deadline(after: timeout)) { _ in Self.look(at: word, while: value) }
    }

    /// The same without holding a thread. A task that is cancelled gets nil.
    public func wait(
        while value: UInt32, timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation
    ) async -> UInt32? {
        let word = object.word(at: 0)
        let waited = await Waiting.suspend(until: Deadline(after: timeout), keeping: object) { _ in
            Self.look(at: word, while: value)
        }
        guard case .done(let found) = waited else { return nil }
        return found
    }

    /// Wakes all who wait, in whatever process.
    public func wakeAll() { object.word(at: 0).wake() }

    private static func look(at word: SharedWord, while value: UInt32) -> Look<UInt32> {
        let found = word.value
        return found == value ? .sleep(on: word, while: value) : .done(found)
    }
}
