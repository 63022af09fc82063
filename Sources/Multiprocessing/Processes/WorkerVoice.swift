// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Everything that a worker says to its parent: answers, and notices from any thread, whole frames one after the other.
final class WorkerVoice: Sendable {
    // Set once, by the thread that begins a worker's life and before there is another; only read from then on. In a
    // copy made by fork it is replaced before anything else, and with it a lock that a lost thread may have held.
    nonisolated(unsafe) private(set) static var own: WorkerVoice?

    private let socket: Int32
    /// Who may write.
    private let turn = Monitor(())

    private init(socket: Int32) { self.socket = socket }

    /// Makes the process a worker that speaks over this socket, which stays open for its life.
    static func begin(over socket: Int32) { unsafe own = WorkerVoice(socket: socket) }  // as said there

    /// Sends a frame, waiting for room: a parent that is slow slows its workers down.
    func send(_ frame: MessageBody) {
        let isSent = turn.update { _ in
            do {
                // Read only, within the closure.
                try unsafe frame.bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
                    try unsafe DescriptorTransfer.sendAll(
                        UnsafeRawBufferPointer(bytes), with: frame.handles, over: socket)
                }
                return true
            } catch {
                return false
            }
        }
        // The parent is gone: there is nobody to work for.
        if !isSent { CurrentProcess.killOwnGroup() }
    }
}

extension WorkerProcess {
    /// Whether this process is a worker: started by a pool or as a child, and not a program of its own.
    public static var isWorker: Bool { unsafe WorkerVoice.own != nil }  // never changes while other threads run

    /// The number of this process, whatever it is; for the products beside this one, which do not speak to the system.
    package static var ownIdentifier: Int32 { CurrentProcess.identifier }

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
        voice.send(frame)
        return true
    }
}
