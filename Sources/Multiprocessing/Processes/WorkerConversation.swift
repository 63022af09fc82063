// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A worker's side of its conversation in shared memory: it waits for work, and for room for its answers.
///
/// Received by the thread that serves, and by no other; sent by one thread at a time, as `WorkerVoice` sees to. The two
/// sides share nothing that changes.
final class WorkerConversation: @unchecked Sendable {
    // @unchecked: by the rules above.
    private let memory: WorkerMemory
    private let bell: Doorbell
    private let socket: Int32
    private var assembler = FrameAssembler()
    private var reader = SharedPipe.ReaderPlace()
    private var writer = SharedPipe.WriterPlace()

    init(memory: WorkerMemory, bell: Doorbell, socket: Int32) {
        self.memory = memory
        self.bell = bell
        self.socket = socket
    }

    /// How often to look for work before sleeping: the next piece is often on its way when the last one's answer is out. Each
    /// round gives the processor to others first; all of them together take some 10 µs on an idle machine.
    private static let rounds = 12
    private static let turns = 32

    // MARK: Receiving

    /// The next message, or nil when the parent has sent something that is none. Should the parent be gone, this process is
    /// ended elsewhere.
    func receive() -> ReceivedFrame? {
        while true {
            do { if let frame = try assembler.next(fetching: receiveDescriptors) { return frame } } catch { return nil }
            waitForBytes()
            guard let count = memory.toWorker.count(at: reader) else { return nil }
            var wakesWriter = false
            assembler.append { wakesWriter = memory.toWorker.take(count, at: &reader, into: &$0) }
            if wakesWriter { bell.ring() }
        }
    }

    private func waitForBytes() {
        for _ in 0..<Self.rounds {
            if memory.toWorker.spinBeforeReading(at: reader, turns: Self.turns) { return }
            NativeThread.yield()
        }
        while memory.toWorker.sleepBeforeReading(at: reader) {
            memory.toWorker.readerSleeps.sleep(while: 1, until: .never)
        }
    }

    /// They were sent before the frame that they belong to.
    private func receiveDescriptors() -> ReceivedDescriptors? {
        // One byte, which carries them.
        unsafe withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
            unsafe DescriptorTransfer.receive(socket, into: byte, waits: true).descriptors
        }
    }

    // MARK: Sending

    /// Sends a frame, waiting for room if need be.
    func send(_ frame: MessageBody) {
        if !frame.handles.isEmpty { sendDescriptors(frame.handles) }
        // Read only, within the closure.
        unsafe frame.bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                // In bounds: no more is put in than there is.
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                guard let count = unsafe memory.fromWorker.put(rest, at: &writer) else { CurrentProcess.killOwnGroup() }
                done += count
                publish()
                if count == 0 { waitForRoom() }
            }
        }
    }

    private func publish() {
        if memory.fromWorker.publish(&writer) { bell.ring() }
    }

    private func waitForRoom() {
        while memory.fromWorker.sleepBeforeWriting(at: writer) {
            memory.fromWorker.writerSleeps.sleep(while: 1, until: .never)
        }
    }

    private func sendDescriptors(_ handles: [DescriptorHandle]) {
        do {
            // One byte to carry them.
            try unsafe withUnsafeBytes(of: UInt8(1)) { byte in
                try unsafe DescriptorTransfer.sendAll(byte, with: handles, over: socket)
            }
        } catch {
            // The parent is gone: there is nobody to work for.
            CurrentProcess.killOwnGroup()
        }
    }
}
