// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// The descriptors that came with the bytes of one send.
@usableFromInline struct ReceivedDescriptors: Sendable {
    var handles: [DescriptorHandle] = []
    /// Some were lost on arrival, those at the end: this process has used up its descriptors.
    var areIncomplete = false

    @usableFromInline init(handles: [DescriptorHandle] = [], areIncomplete: Bool = false) {
        self.handles = handles
        self.areIncomplete = areIncomplete
    }
}

/// What one receive came to.
struct Arrival {
    var result: TransferResult
    /// nil when none were sent with these bytes.
    var descriptors: ReceivedDescriptors?
    /// A message that had more bytes than there was room for; they are gone.
    var isCut = false
}

/// Sockets whose bytes have descriptors beside them (SCM_RIGHTS).
///
/// Of a stream, one receive never reaches beyond the bytes of a send that had descriptors: there is at most one such
/// send in it, and it is the last one.
enum DescriptorTransfer {
    /// How many go with one send. The kernel's own limit is 253; a round number leaves some for the library.
    static let mostAtOnce = 250

    /// Sends one message, or of a stream as much as fits; the descriptors go with the first byte. The error is
    /// `EAGAIN` when there is no room and it may not wait.
    static func send(
        _ bytes: UnsafeRawBufferPointer, with handles: [DescriptorHandle], over socket: Int32, waits: Bool
    ) throws(SystemError) -> Int {
        // The handles are the caller's and so stay open; the pointers are valid for the call.
        let numbers = handles.map(\.number)
        let sent = unsafe mp_send_with_descriptors(
            socket, bytes.baseAddress, bytes.count, numbers, numbers.count, waits ? 1 : 0)
        return try SystemCall.checked("send a message with \(numbers.count) descriptors", sent)
    }

    /// Sends what fits without waiting, as `Transfer.sendNow` does.
    static func sendNow(
        _ bytes: UnsafeRawBufferPointer, with handles: [DescriptorHandle], over socket: Int32
    ) -> TransferResult {
        do {
            // Passed on as it is.
            return .moved(try unsafe send(bytes, with: handles, over: socket, waits: false))
        } catch {
            return error.isNoRoom ? .wouldBlock : .ended
        }
    }

    /// Sends all of it over a stream, waiting for room.
    static func sendAll(
        _ bytes: UnsafeRawBufferPointer, with handles: [DescriptorHandle], over socket: Int32
    ) throws(SystemError) {
        let first = try unsafe sendFirst(bytes, with: handles, over: socket)
        // In bounds: no more is sent than there is.
        try unsafe Transfer.sendAll(socket, UnsafeRawBufferPointer(rebasing: bytes[first...]))
    }

    private static func sendFirst(
        _ bytes: UnsafeRawBufferPointer, with handles: [DescriptorHandle], over socket: Int32
    ) throws(SystemError) -> Int {
        while true {
            do {
                return try unsafe send(bytes, with: handles, over: socket, waits: true)
            } catch  where error.code == ETOOMANYREFS {
                // This user has as many descriptors under way as it may have open. They are taken in by others.
                sched_yield()
            }
        }
    }

    /// Receives what is there, with its descriptors.
    static func receive(
        _ socket: Int32, into buffer: UnsafeMutableRawBufferPointer, waits: Bool
    ) -> Arrival {
        // One structure, which the call fills in and which is read only after a success.
        unsafe withUnsafeTemporaryAllocation(of: mp_received_descriptors.self, capacity: 1) { place in
            guard let received = place.baseAddress else { return Arrival(result: .ended) }
            while true {
                let count = unsafe mp_receive_with_descriptors(
                    socket, buffer.baseAddress, buffer.count, waits ? 1 : 0, received)
                // Never O_NONBLOCK: it would sit on the open file description, which other processes share.
                // Said once, before what the other side had sent: it ended without reading what we had.
                if count == -Int(ECONNRESET) { continue }
                if count == -Int(EAGAIN) { return Arrival(result: .wouldBlock) }
                guard count >= 0 else { return Arrival(result: .ended) }
                return Arrival(
                    result: count == 0 ? .ended : .moved(count),
                    descriptors: unsafe descriptors(of: received.pointee),
                    isCut: unsafe received.pointee.bytes_are_cut != 0)
            }
        }
    }

    private static func descriptors(of received: mp_received_descriptors) -> ReceivedDescriptors? {
        guard received.count > 0 || received.are_incomplete != 0 else { return nil }
        let handles = numbers(of: received).map { DescriptorHandle(Descriptor(owning: $0)) }
        return ReceivedDescriptors(handles: handles, areIncomplete: received.are_incomplete != 0)
    }

    static func numbers(of received: mp_received_descriptors) -> [Int32] {
        // A C array is a tuple here; its bytes are adjacent numbers, of which `count` are set.
        unsafe withUnsafeBytes(of: received.numbers) { bytes in
            unsafe Array(bytes.bindMemory(to: Int32.self).prefix(Int(received.count)))
        }
    }
}

/// Messages of a fixed form, with descriptors beside them.
enum DescriptorMessage {
    /// Sends one message.
    static func send<Body: BitwiseCopyable>(
        _ body: Body, with descriptors: [Int32] = [], over socket: Int32, waits: Bool = true
    ) throws(SystemError) {
        // The body is BitwiseCopyable: its bytes are the message; both sides are the same program.
        let sent = unsafe withUnsafeBytes(of: body) { bytes in
            unsafe mp_send_with_descriptors(
                socket, bytes.baseAddress, bytes.count, descriptors, descriptors.count, waits ? 1 : 0)
        }
        try SystemCall.checked("send a message with descriptors", sent)
    }

    /// Receives one message of the expected size; nil at the end of the conversation. The error is `EAGAIN` when there
    /// is none and it may not wait.
    static func receive<Body: BitwiseCopyable>(
        _ empty: Body, over socket: Int32, waits: Bool = true
    ) throws(SystemError) -> (body: Body, descriptors: [Int32])? {
        var body = empty
        var received = mp_received_descriptors()
        // As for sending; fewer bytes than the body has are refused below.
        let result = unsafe withUnsafeMutableBytes(of: &body) { bytes in
            unsafe mp_receive_with_descriptors(socket, bytes.baseAddress, bytes.count, waits ? 1 : 0, &received)
        }
        let byteCount = try SystemCall.checked("receive a message with descriptors", result)
        let descriptors = DescriptorTransfer.numbers(of: received)
        if byteCount == MemoryLayout<Body>.size { return (body, descriptors) }
        for number in descriptors { close(number) }
        if byteCount == 0 { return nil }
        throw SystemError("understand a message of \(byteCount) bytes", code: EBADMSG)
    }
}

extension DescriptorMessage {
    /// The longest message of a free form.
    static let room = 60 << 10

    /// Sends one message of bytes; one that is longer than `room` is refused.
    static func send(bytes: [UInt8], over socket: Int32) throws(SystemError) {
        guard bytes.count <= room else { throw SystemError("send a message of \(bytes.count) bytes", code: EMSGSIZE) }
        // Reads count bytes of the array.
        let sent = unsafe mp_send_with_descriptors(socket, bytes, bytes.count, nil, 0, 1)
        try SystemCall.checked("send a message", sent)
    }

    /// Receives one; nil at the end of the conversation.
    static func receiveBytes(over socket: Int32) throws(SystemError) -> [UInt8]? {
        // Written to up to its count, by the call alone.
        let (bytes, arrival) = unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { place in
            let arrival = unsafe DescriptorTransfer.receive(socket, into: place, waits: true)
            guard case .moved(let count) = arrival.result else { return ([UInt8](), arrival) }
            return (unsafe Array(place.prefix(count)), arrival)
        }
        if arrival.isCut { throw SystemError("understand a message of more than \(room) bytes", code: EBADMSG) }
        return bytes.isEmpty ? nil : bytes
    }
}
