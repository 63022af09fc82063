// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Everything that a worker says to its parent: answers, and notices from any thread, whole frames one after the other.
final class WorkerVoice: Sendable {
    // Set once, by the thread that begins a worker's life and before there is another; only read from then on. In a
    // copy made by fork it is replaced before anything else, and with it a lock that a lost thread may have held.
    nonisolated(unsafe) private(set) static var own: WorkerVoice?

    private let speak: @Sendable (MessageBody) -> Void
    /// Who may speak.
    private let turn = Monitor(())

    private init(speak: @escaping @Sendable (MessageBody) -> Void) { self.speak = speak }

    /// Makes the process a worker that says all that it says in this way, which is called by one thread at a time. A worker
    /// whose conversation moves elsewhere begins again, before it does any work there.
    static func begin(speaking: @escaping @Sendable (MessageBody) -> Void) {
        // As said there.
        unsafe own = WorkerVoice(speak: speaking)
    }

    /// The same over a socket, which stays open for the life of the process.
    static func begin(over socket: Int32) { begin { send($0, over: socket) } }

    /// Says a whole frame, waiting for room: a parent that is slow slows its workers down.
    func say(_ frame: MessageBody) { turn.update { _ in speak(frame) } }

    private static func send(_ frame: MessageBody, over socket: Int32) {
        do {
            // Read only, within the closure.
            try unsafe frame.bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
                try unsafe DescriptorTransfer.sendAll(UnsafeRawBufferPointer(bytes), with: frame.handles, over: socket)
            }
        } catch {
            // The parent is gone: there is nobody to work for.
            CurrentProcess.killOwnGroup()
        }
    }
}

extension WorkerProcess {
    /// Whether this process is a worker: started by a pool or as a child, and not a program of its own.
    public static var isWorker: Bool { unsafe WorkerVoice.own != nil }  // never changes while other threads run

    /// Tells the parent something, from any thread and at any time.
    ///
    /// It arrives in the order of sending, before the outcome of the work that is running, and is handled by
    /// `WorkCompanions.handle(_:by:)` of the pool or child process; without a handler it is dropped there. Waits only
    /// while the socket to the parent is full. What is sent after the last outcome may be lost with the worker.
    ///
    /// - Returns: False when this process is no worker: nothing was sent.
    /// - Throws: What the notice's `encode(to:)` threw; nothing was sent.
    @discardableResult
    public static func post<Notice: WorkerNotice>(_ notice: Notice) throws(WorkError) -> Bool {
        // As above.
        guard let voice = unsafe WorkerVoice.own else { return false }
        let frame: MessageBody
        do { frame = try NoticeFrame.make(notice) } catch { throw WorkError(error) }
        voice.say(frame)
        return true
    }
}
