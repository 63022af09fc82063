// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension WorkerLink {
    /// Takes what the worker has sent and hands on the whole frames. On the reactor's thread only.
    func receive() {
        var isOver = false
        let (frames, handler) = state.withLock {
            state -> ([(Frame.Kind, ArraySlice<UInt8>)], (@Sendable (Event) -> Void)?) in
            guard !state.conversationIsOver else { return ([], nil) }
            isOver = !state.takeBytes(from: socket.number)
            var frames: [(Frame.Kind, ArraySlice<UInt8>)] = []
            do {
                while let frame = try state.assembler.next() { frames.append((frame.kind, frame.payload)) }
            } catch {
                // Not one of ours: the worker's code wrote into the conversation.
                isOver = true
            }
            return (frames, state.handler)
        }
        // Outside the lock: a handler may send.
        for (kind, payload) in frames { handler?(.frame(kind, payload)) }
        if isOver { endConversation() }
    }

    /// Takes what the worker wrote to its standard error: passes it on and keeps its tail.
    func readStandardError() {
        let size = 16 << 10
        var isOpen = true
        while isOpen {
            // The buffer is ours for the closure; what was read is copied out of it.
            let bytes = unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { buffer -> [UInt8] in
                guard case .moved(let count) = unsafe Transfer.readNow(standardError.number, into: buffer) else {
                    return []
                }
                return unsafe Array(buffer.prefix(count))
            }
            isOpen = !bytes.isEmpty
            if isOpen {
                state.withLock { $0.tail.append(bytes) }
                try? StandardStream.error.writeAll(bytes)
            }
        }
        if Transfer.hasEnded(standardError.number) { unwatch(standardError.number) }
    }
}

extension WorkerLink.State {
    /// Receives until nothing is there; false when the conversation is over.
    fileprivate mutating func takeBytes(from number: Int32) -> Bool {
        // The buffer is ours for the closure; the assembler copies.
        unsafe withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while true {
                switch unsafe Transfer.receiveNow(number, into: buffer) {
                case .moved(let count):
                    unsafe assembler.append(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
                    // A short read has emptied the socket: asking again would only cost a call.
                    if count < buffer.count { return true }
                case .wouldBlock: return true
                case .ended: return false
                }
            }
        }
    }
}

/// Bytes that wait for room in a socket.
struct OutgoingBytes {
    private var frames: [[UInt8]] = []
    private var first = 0
    private var offset = 0

    var isEmpty: Bool { first == frames.count }

    mutating func append(_ frame: [UInt8]) { frames.append(frame) }

    /// Sends as much as fits. A conversation that is over takes everything: its end is reported elsewhere.
    mutating func send(over number: Int32) {
        while first < frames.count {
            // Read only, in bounds: offset is less than the frame's count.
            let result = unsafe frames[first].withUnsafeBytes { bytes in
                unsafe Transfer.sendNow(number, UnsafeRawBufferPointer(rebasing: bytes[offset...]))
            }
            switch result {
            case .wouldBlock: return
            case .ended: offset = frames[first].count
            case .moved(let count): offset += count
            }
            if offset == frames[first].count {
                frames[first] = []
                first += 1
                offset = 0
            }
        }
        frames.removeAll(keepingCapacity: true)
        first = 0
    }
}

/// The last bytes of a text.
struct TextTail {
    static let size = 16 << 10

    private(set) var bytes: [UInt8] = []

    mutating func append(_ new: [UInt8]) {
        bytes += new
        if bytes.count > Self.size { bytes.removeFirst(bytes.count - Self.size) }
    }
}
