// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The conversation in shared memory, which a pool's workers have.
///
/// Rules:
/// 1. Work and answers go through the memory; the socket carries descriptors, ahead of the frames that they belong to,
///    and its end is the end of the conversation.
/// 2. Whoever needs the answers takes them, on any thread: a caller who is about to wait, or the reactor's thread when the
///    bell rings. The bell rings only for a reader who has said that it sleeps.
extension WorkerLink {
    /// Takes the frames that are there, in order; none when the conversation is over.
    func takeFrames(into frames: inout [ReceivedFrame]) {
        let isOver = state.withLock { state in
            guard let memory = state.memory, !state.conversationIsOver else { return false }
            return !state.takeFrames(through: memory, socket.number, into: &frames)
        }
        // The worker's code wrote into the memory, or sent what is no message.
        if isOver { endConversation() }
    }

    /// Before nobody looks any more: false when something came in between and has to be taken first.
    func goToSleep() -> Bool {
        state.withLock { state in
            guard let memory = state.memory, !state.conversationIsOver else { return true }
            return memory.fromWorker.sleepBeforeReading(at: state.reader)
        }
    }

    /// Somebody looks by itself from now on: the bell need not ring.
    func stayAwake() {
        state.withLock { $0.memory?.fromWorker.readerSleeps.store(0) }
    }

    /// Sends several frames and wakes the worker once.
    func send(_ frames: [MessageBody]) {
        state.withLock { state in
            guard !state.conversationIsOver else { return }
            for frame in frames { state.outgoing.append(frame) }
            state.flush(socket.number)
        }
    }

    func watchMemory(_ reactor: Reactor) throws(SystemError) {
        guard let bell = state.withLock({ $0.bell }) else { return }
        let token = try reactor.add(bell.handle.number, .edges) { [weak self] in self?.bellRang() }
        state.withLock { $0.tokens.append((bell.handle.number, token)) }
    }

    /// Something may be there to be taken, or room to go on sending.
    private func bellRang() {
        flush()
        state.withLock { $0.handler }?(.bell)
    }
}

extension WorkerLink.State {
    /// False when the pipe or its bytes are none.
    fileprivate mutating func takeFrames(
        through memory: WorkerMemory, _ socket: Int32, into frames: inout [ReceivedFrame]
    ) -> Bool {
        while true {
            guard let count = memory.fromWorker.count(at: reader) else { return false }
            if count == 0 { return true }
            var wakesWriter = false
            assembler.append { wakesWriter = memory.fromWorker.take(count, at: &reader, into: &$0) }
            if wakesWriter { memory.fromWorker.writerSleeps.wake(atMost: 1) }
            let isOrderly = takeFrames(into: &frames) {
                // Sent before the frame: they are there, or the worker lies.
                unsafe withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
                    unsafe DescriptorTransfer.receive(socket, into: byte, waits: false).descriptors
                }
            }
            if !isOrderly { return false }
        }
    }

    /// Sends what can be sent now, and asks to be told when there is room for the rest.
    mutating func flush(_ socket: Int32) {
        guard let memory else {
            outgoing.send(over: socket)
            updateInterest(socket)
            return
        }
        while !outgoing.isEmpty {
            guard outgoing.put(into: memory.toWorker, at: &writer, descriptorsOver: socket) else { break }
            if memory.toWorker.publish(&writer) { memory.toWorker.readerSleeps.wake(atMost: 1) }
            if outgoing.isEmpty || outgoing.waitsForSocket { break }
            // The worker rings when it has made room.
            if memory.toWorker.sleepBeforeWriting(at: writer) { break }
        }
        updateInterest(socket)
    }
}
