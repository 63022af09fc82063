// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// Sockets that keep the borders of messages, and waiting for them on the calling thread.
enum PacketSocket {
    /// How much one side may send before the other takes it, in the kernel's own count, which adds about 0.8 KiB a
    /// message. The kernel grants at most what the administrator allows (`net.core.wmem_max`).
    static let room: Int32 = 1 << 20

    /// A connected pair.
    static func pair() throws(SystemError) -> DescriptorPair {
        let pair = try DescriptorPair.sockets(.messages)
        for number in [pair.first.number, pair.second.number] {
            var room = room
            // Reads one number. A refusal leaves the usual size.
            unsafe setsockopt(number, SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        }
        return pair
    }

    /// Whether a descriptor that came from elsewhere is one end of such a pair.
    static func isOne(_ number: Int32) -> Bool {
        option(number, SO_DOMAIN) == AF_UNIX && option(number, SO_TYPE) == Int32(SOCK_SEQPACKET.rawValue)
    }

    private static func option(_ number: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // Writes at most `length` bytes.
        return unsafe getsockopt(number, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    /// Whether the other side is gone for good, which an empty message cannot be told from otherwise.
    static func hasEnded(_ number: Int32) -> Bool {
        var request = pollfd(fd: number, events: Int16(mp_end_of_peer), revents: 0)
        // poll writes into the one structure.
        return unsafe poll(&request, 1, 0) == 1 && request.revents & (Int16(mp_end_of_peer) | Int16(POLLHUP)) != 0
    }

    /// Whether it is ready now: an end counts.
    static func isReady(_ number: Int32, for interest: Interest) -> Bool {
        !wait(for: [number], interest, until: .now).isEmpty
    }

    /// Waits until one of them is ready, or until the deadline; which ones, as indices. An interruption by a signal is
    /// no reason to stop.
    static func wait(for numbers: [Int32], _ interest: Interest, until deadline: Deadline) -> [Int] {
        let events = Int16(truncatingIfNeeded: interest.rawValue)
        var requests = numbers.map { pollfd(fd: $0, events: events, revents: 0) }
        while true {
            // poll writes into the array's elements.
            let count = unsafe poll(&requests, nfds_t(requests.count), deadline.pollMilliseconds)
            if count > 0 { return requests.indices.filter { requests[$0].revents != 0 } }
            // A time that was cut into milliseconds may be over a little early.
            if count == 0, deadline.hasPassed { return [] }
        }
    }
}
