// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// What a transfer that may not wait came to.
enum TransferResult: Equatable {
    case moved(Int)
    /// Nothing could be moved now.
    case wouldBlock
    /// The other side is gone, for good.
    case ended
}

/// Reading and writing by descriptor number; the caller keeps the descriptor open for the time of the call.
enum Transfer {
    /// Reads what is there from a pipe that was made non-blocking.
    static func readNow(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        // As above.
        let count = retrying { unsafe read(descriptor, buffer.baseAddress, buffer.count) }
        return result(of: count)
    }

    /// Sends as much as fits, without waiting and without SIGPIPE.
    static func sendNow(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> TransferResult {
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        // send only reads count bytes behind the pointer.
        let count = retrying { unsafe send(descriptor, bytes.baseAddress, bytes.count, flags) }
        // Zero bytes sent is success for an empty message, not an end.
        return count == 0 ? .moved(0) : result(of: count)
    }

    /// Sends all of it, waiting for room.
    static func sendAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            // In bounds by the loop's condition.
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
            sent += try SystemCall.value("send a message") {
                unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    /// Writes all of it to any kind of descriptor, waiting for room.
    static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // In bounds by the loop's condition.
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
            written += try SystemCall.value("write to descriptor \(descriptor)") {
                unsafe write(descriptor, rest.baseAddress, rest.count)
            }
        }
    }

    /// Waits until the other side of a socket has ended, without taking anything from it.
    static func waitForEnd(_ descriptor: Int32) {
        while true {
            var request = pollfd(fd: descriptor, events: Int16(mp_end_of_peer), revents: 0)
            // poll writes into the one structure. POLLHUP and POLLERR are always reported.
            if unsafe poll(&request, 1, -1) > 0 { return }
        }
    }

    /// Whether all writers of a pipe are gone.
    static func hasEnded(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // poll writes into the one structure.
        guard unsafe poll(&request, 1, 0) == 1 else { return false }
        return request.revents & Int16(POLLHUP) != 0 && request.revents & Int16(POLLIN) == 0
    }

    /// Whether the other side of a socket has ended, whatever is still there to be read.
    static func peerHasEnded(_ socket: Int32) -> Bool {
        var request = pollfd(fd: socket, events: Int16(mp_end_of_peer), revents: 0)
        // poll writes into the one structure; it reports POLLHUP and POLLERR always.
        return unsafe poll(&request, 1, 0) > 0
    }

    /// Ends a conversation for every holder of this side of the socket, also in other processes.
    static func endConversation(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func result(of count: Int) -> TransferResult {
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended }
        // A reset or a broken pipe is the other side's end, seen from a different angle.
        return errno == EAGAIN ? .wouldBlock : .ended
    }

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let count = call()
            if count != -1 || errno != EINTR { return count }
        }
    }
}
