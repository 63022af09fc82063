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
            // An error: not one of ours; the worker's code wrote into the conversation.
            if !state.takeFrames(into: &frames) { isOver = true }
            return (frames, state.handler)
        }
        // What it wrote before it answered belongs to the work that the label still names.
        if !frames.isEmpty, output.isLabelled { output.readAll() }
        // Outside the lock: a handler may send.
        if !frames.isEmpty { handler?(.frames(frames)) }
        if isOver { endConversation() }
    }

    /// Takes what the worker has written to this stream.
    func read(_ stream: WorkerOutputReader.Stream) {
        output.read(stream)
        if Transfer.hasEnded(stream.number) { unwatch(stream.number) }
    }
}

extension WorkerLink.State {
    /// Puts together the frames whose bytes are there; false when they are none.
    mutating func takeFrames(
        into frames: inout [ReceivedFrame], fetching fetch: (() -> ReceivedDescriptors?)? = nil
    ) -> Bool {
        do {
            while let frame = try assembler.next(fetching: fetch) { frames.append(frame) }
            return true
        } catch {
            return false
        }
    }

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
