// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc
import Synchronization

/// A moment of the monotonic clock, which all processes of a machine share.
struct Deadline: Sendable, Comparable {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    let nanoseconds: Int64

    static let never = Deadline(nanoseconds: .max)
    static var now: Deadline { Deadline(nanoseconds: mp_monotonic_nanoseconds()) }

    /// nil: never. A negative time has passed already.
    init(after timeout: Duration?) {
        guard let timeout else {
            self = .never
            return
        }
        let (seconds, attoseconds) = timeout.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLate) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        self = overflow || isTooLate ? (seconds < 0 ? .now : .never) : .now.advanced(nanoseconds: max(0, sum))
    }

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    func advanced(nanoseconds: Int64) -> Deadline {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .never : Deadline(nanoseconds: sum)
    }

    var hasPassed: Bool { self != .never && self <= .now }

    /// What poll(2) and epoll_wait(2) take: milliseconds, rounded up; -1 for never.
    var pollMilliseconds: Int32 {
        if self == .never { return -1 }
        let rest = max(0, nanoseconds - Self.now.nanoseconds)
        return Int32(clamping: (rest + 999_999) / 1_000_000)
    }

    /// What the C half takes: negative for never.
    fileprivate var kernelNanoseconds: Int64 { self == .never ? -1 : nanoseconds }

    static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// A 32-bit word in memory that several processes map: every access is atomic, and it can be slept on.
///
/// It does not keep its mapping alive: who uses one holds the mapping.
@safe struct SharedWord: @unchecked Sendable {
    // @unchecked: the pointer never changes, and what it points to is touched atomically only.
    private let place: UnsafeMutablePointer<Atomic<UInt32>>

    /// The word at this address, which is a multiple of 4 and stays mapped while the value is used.
    init(at address: UnsafeMutableRawPointer) {
        // An Atomic<UInt32> has the layout of a UInt32, and a mapped word is initialized memory.
        unsafe place = address.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    // In all of these the pointer is valid by the initializer's condition.

    /// Acquires what was released by the store that it sees.
    var value: UInt32 { unsafe place.pointee.load(ordering: .acquiring) }

    /// The same, and in one order with all other sequentially consistent accesses to all words.
    var latest: UInt32 { unsafe place.pointee.load(ordering: .sequentiallyConsistent) }

    func store(_ value: UInt32) { unsafe place.pointee.store(value, ordering: .releasing) }

    func exchange(_ value: UInt32) -> UInt32 {
        unsafe place.pointee.exchange(value, ordering: .sequentiallyConsistent)
    }

    /// Answers whether it was as expected and is now as desired.
    @discardableResult
    func replace(_ expected: UInt32, by desired: UInt32) -> Bool {
        unsafe place.pointee.compareExchange(
            expected: expected, desired: desired, ordering: .sequentiallyConsistent
        ).exchanged
    }

    /// Adds, wrapping around; answers the new value.
    @discardableResult
    func add(_ value: UInt32) -> UInt32 {
        unsafe place.pointee.wrappingAdd(value, ordering: .sequentiallyConsistent).newValue
    }

    /// Sets bits; answers the value before.
    @discardableResult
    func set(_ bits: UInt32) -> UInt32 {
        unsafe place.pointee.bitwiseOr(bits, ordering: .sequentiallyConsistent).oldValue
    }

    /// futex(2), FUTEX_WAKE.
    func wake(atMost count: Int = .max) { unsafe mp_futex_wake(kernelAddress, Int32(clamping: count)) }

    /// Sleeps while the word is as expected: until it is woken, the deadline has passed, a signal came, or for no reason.
    /// Answers whether the deadline has passed.
    @discardableResult
    func sleep(while expected: UInt32, until deadline: Deadline) -> Bool {
        // The kernel checks the address.
        unsafe mp_futex_wait(kernelAddress, expected, deadline.kernelNanoseconds) == -ETIMEDOUT
    }

    fileprivate var kernelAddress: UnsafePointer<UInt32> {
        unsafe UnsafePointer(UnsafeRawPointer(place).assumingMemoryBound(to: UInt32.self))
    }

    /// Sleeps on several words at once, at most `mostAtOnce`; answers the place of one that was woken, if any. False
    /// when this kernel cannot (before Linux 5.16).
    static func sleep(
        onAll words: [(word: SharedWord, expected: UInt32)], until deadline: Deadline
    ) -> (isPossible: Bool, woken: Int?) {
        // The addresses are only passed to the kernel, which checks them.
        let watched = unsafe words.map { unsafe mp_watched_word(word: $0.word.kernelAddress, expected: $0.expected) }
        let result = unsafe mp_futex_wait_any(watched, Int32(watched.count), deadline.kernelNanoseconds)
        return (result != -ENOSYS, result >= 0 ? Int(result) : nil)
    }

    static let mostAtOnce = Int(MP_MOST_WATCHED_WORDS)
}

/// A 64-bit word in memory that several processes map: every access is atomic.
///
/// It does not keep its mapping alive either.
@safe struct SharedWideWord: @unchecked Sendable {
    // @unchecked: as for SharedWord.
    private let place: UnsafeMutablePointer<Atomic<UInt64>>

    /// The word at this address, which is a multiple of 8 and stays mapped while the value is used.
    init(at address: UnsafeMutableRawPointer) {
        // As for SharedWord.
        unsafe place = address.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    // In all of these the pointer is valid by the initializer's condition.

    /// Acquires what was released by the store that it sees.
    var value: UInt64 { unsafe place.pointee.load(ordering: .acquiring) }

    /// The same, and in one order with all other sequentially consistent accesses to all words.
    var latest: UInt64 { unsafe place.pointee.load(ordering: .sequentiallyConsistent) }

    func store(_ value: UInt64) { unsafe place.pointee.store(value, ordering: .releasing) }

    func exchange(_ value: UInt64) -> UInt64 {
        unsafe place.pointee.exchange(value, ordering: .sequentiallyConsistent)
    }

    /// Answers whether it was as expected and is now as desired, and what it was.
    func replace(_ expected: UInt64, by desired: UInt64) -> (exchanged: Bool, original: UInt64) {
        unsafe place.pointee.compareExchange(
            expected: expected, desired: desired, ordering: .sequentiallyConsistent)
    }

    /// Adds, wrapping around, and orders nothing else.
    func addRelaxed(_ value: UInt64) { unsafe place.pointee.wrappingAdd(value, ordering: .relaxed) }

    @discardableResult
    func add(_ value: UInt64) -> UInt64 {
        unsafe place.pointee.wrappingAdd(value, ordering: .sequentiallyConsistent).newValue
    }

    /// Sets bits; answers the value before.
    @discardableResult
    func set(_ bits: UInt64) -> UInt64 {
        unsafe place.pointee.bitwiseOr(bits, ordering: .sequentiallyConsistent).oldValue
    }

    /// Looks at it so many times without giving the processor away; answers whether it is not as expected any more.
    func spin(while expected: UInt64, turns: Int) -> Bool {
        // Reads the one word.
        let address = unsafe UnsafePointer(UnsafeRawPointer(place).assumingMemoryBound(to: UInt64.self))
        return unsafe mp_spin_while(address, expected, Int32(clamping: turns)) != 0
    }

    /// The half with the low bits, which can be slept on.
    // Within the eight bytes of this word.
    var lowHalf: SharedWord { unsafe SharedWord(at: UnsafeMutableRawPointer(place) + Self.offsetOfLowHalf) }

    #if _endian(little)
        private static let offsetOfLowHalf = 0
    #else
        private static let offsetOfLowHalf = 4
    #endif
}
