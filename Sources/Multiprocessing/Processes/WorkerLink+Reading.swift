// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension WorkerLink {
    /// Takes what the worker has sent and hands on the whole frames. On the reactor's thread only.
    func receive() {
        var isOver = false
        let (frames, handler) = state.withLock { state -> ([ReceivedFrame], (@Sendable (Event) -> Void)?) in
            guard !state.conversationIsOver else { return ([], nil) }
            isOver = !state.takeBytes(from: socket.number)
            var frames: [ReceivedFrame] = []
            do {
                while let frame = try state.assembler.next() { frames.append(frame) }
            } catch {
                // Not one of ours: the worker's code wrote into the conversation.
                isOver = true
            }
            return (frames, state.handler)
        }
        // What it wrote before it answered belongs to the work that the label still names.
        if !frames.isEmpty, output.isLabelled { output.readAll() }
        // Outside the lock: a handler may send.
        for frame in frames { handler?(.frame(frame)) }
        if isOver { endConversation() }
    }

    /// Takes what the worker has written to this stream.
    func read(_ stream: WorkerOutputReader.Stream) {
        output.read(stream)
        if Transfer.hasEnded(stream.number) { unwatch(stream.number) }
    }
}

extension WorkerLink.State {
    /// Receives until nothing is there; false when the conversation is over.
    fileprivate mutating func takeBytes(from number: Int32) -> Bool {
        // The buffer is ours for the closure; the assembler copies.
        unsafe withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while true {
                let arrival = unsafe DescriptorTransfer.receive(number, into: buffer, waits: false)
                switch arrival.result {
                case .moved(let count):
                    let part = unsafe UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
                    unsafe assembler.append(part, with: arrival.descriptors)
                    // A short read has emptied the socket: asking again would only cost a call. But a read ends behind
                    // bytes that came with descriptors, whatever follows them.
                    if count < buffer.count, arrival.descriptors == nil { return true }
                case .wouldBlock: return true
                case .ended: return false
                }
            }
        }
    }
}

/// Frames that wait for room in a socket.
struct OutgoingFrames {
    private var frames: [MessageBody] = []
    private var first = 0
    private var offset = 0

    var isEmpty: Bool { first == frames.count }

    mutating func append(_ frame: MessageBody) { frames.append(frame) }

    /// Sends as much as fits. A conversation that is over takes everything: its end is reported elsewhere.
    mutating func send(over number: Int32) {
        while first < frames.count {
            switch sendPart(of: frames[first], over: number) {
            case .wouldBlock: return
            case .ended: offset = frames[first].bytes.count
            case .moved(let count):
                offset += count
                // Gone with the first byte; from now on the kernel holds them. A second time would be too many.
                if !frames[first].handles.isEmpty { frames[first].handles = [] }
            }
            if offset == frames[first].bytes.count {
                frames[first] = MessageBody()
                first += 1
                offset = 0
            }
        }
        frames.removeAll(keepingCapacity: true)
        first = 0
    }

    private func sendPart(of frame: MessageBody, over number: Int32) -> TransferResult {
        // Read only, in bounds: offset is less than the frame's count.
        unsafe frame.bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            if frame.handles.isEmpty { return unsafe Transfer.sendNow(number, rest) }
            return unsafe DescriptorTransfer.sendNow(rest, with: frame.handles, over: number)
        }
    }
}
