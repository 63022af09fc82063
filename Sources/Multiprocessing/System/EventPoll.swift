// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// What a descriptor is watched for.
struct Interest: OptionSet, Sendable {
    let rawValue: UInt32
    static let reading = Interest(rawValue: EPOLLIN.rawValue)
    static let writing = Interest(rawValue: EPOLLOUT.rawValue)
    /// Each time that it becomes readable, not as long as it is.
    static let edges = Interest(rawValue: EPOLLIN.rawValue | EPOLLET.rawValue)
    /// Only that the other side of a socket has ended.
    static let ending = Interest(rawValue: EPOLLRDHUP.rawValue)
}

/// A set of watched descriptors: epoll(7) with tokens in place of descriptor numbers, which are used again.
struct EventPoll: ~Copyable, Sendable {
    private let descriptor: Descriptor

    init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try SystemCall.value("make an epoll set") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    func add(_ number: Int32, token: UInt64, interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_ADD, number, token, interest)
    }

    func change(_ number: Int32, token: UInt64, interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_MOD, number, token, interest)
    }

    /// Must come before the descriptor is closed: a copy of it in another process would keep the entry alive.
    func remove(_ number: Int32) {
        // The event argument is ignored for a removal; a failure means that it was not there.
        epoll_ctl(descriptor.number, EPOLL_CTL_DEL, number, nil)
    }

    private func control(_ operation: Int32, _ number: Int32, _ token: UInt64, _ interest: Interest) throws(SystemError)
    {
        // A C union: only its u64 is ever used.
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = token
        // epoll_ctl copies the event.
        _ = try SystemCall.value("watch a descriptor") {
            unsafe epoll_ctl(descriptor.number, operation, number, &event)
        }
    }

    /// Waits until something happened and answers its tokens; nothing after an interruption or the time limit.
    func wait(milliseconds: Int32 = -1) -> [UInt64] {
        let room = 64
        // The kernel fills in at most room entries and says how many.
        return unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: room) { events in
            let count = unsafe epoll_wait(descriptor.number, events.baseAddress, Int32(room), milliseconds)
            return (0..<max(0, Int(count))).map { unsafe events[$0].data.u64 }
        }
    }
}

/// A descriptor that another thread makes readable, to wake whoever waits: eventfd(2).
struct WakeUp: ~Copyable, Sendable {
    let descriptor: Descriptor

    init() throws(SystemError) {
        let flags = Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)
        descriptor = Descriptor(owning: try SystemCall.value("make an eventfd") { eventfd(0, flags) })
    }

    func signal() { eventfd_write(descriptor.number, 1) }

    func clear() {
        var value: eventfd_t = 0
        // Writes one integer.
        unsafe eventfd_read(descriptor.number, &value)
    }
}
