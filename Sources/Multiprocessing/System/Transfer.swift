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
    /// Receives what is there, without waiting. The socket itself stays blocking: O_NONBLOCK would sit on the open
    /// file description, which other processes share.
    static func receiveNow(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        // The pointer is valid for the caller's scope; recv writes at most count bytes.
        let count = retrying { unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT)) }
        return result(of: count)
    }

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

    /// Receives what is there, waiting for the first byte.
    static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        // The pointer is valid for the caller's scope; recv writes at most count bytes.
        let count = retrying { unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0) }
        return result(of: count)
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

/// Messages of a fixed form, with descriptors beside them.
enum DescriptorMessage {
    /// Sends one message.
    static func send<Body: BitwiseCopyable>(
        _ body: Body, with descriptors: [Int32] = [], over socket: Int32
    ) throws(SystemError) {
        // The body is BitwiseCopyable: its bytes are the message; both sides are the same program.
        let sent = unsafe withUnsafeBytes(of: body) { bytes in
            unsafe mp_send_with_descriptors(socket, bytes.baseAddress, bytes.count, descriptors, descriptors.count)
        }
        try SystemCall.checked("send a message with descriptors", sent)
    }

    /// Receives one message of the expected size; nil at the end of the conversation.
    static func receive<Body: BitwiseCopyable>(
        _ empty: Body, over socket: Int32
    ) throws(SystemError) -> (body: Body, descriptors: [Int32])? {
        var body = empty
        var numbers = [Int32](repeating: -1, count: 8)
        var count = numbers.count
        // As for sending; fewer bytes than the body has are refused below.
        let received = unsafe withUnsafeMutableBytes(of: &body) { bytes in
            unsafe mp_receive_with_descriptors(socket, bytes.baseAddress, bytes.count, &numbers, &count)
        }
        let byteCount = try SystemCall.checked("receive a message with descriptors", received)
        let descriptors = Array(numbers.prefix(count))
        if byteCount == MemoryLayout<Body>.size { return (body, descriptors) }
        for number in descriptors { close(number) }
        if byteCount == 0 { return nil }
        throw SystemError("understand a message of \(byteCount) bytes", code: EBADMSG)
    }
}
