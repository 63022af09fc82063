// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// This process in the role of a worker.
public enum WorkerProcess {
    /// Makes this process a worker if it was started as one, and then does not return.
    ///
    /// Not needed on Linux with the usual, dynamically linked C library: the library takes a worker over before `main`,
    /// wherever it is linked. Where it cannot (`StartFailure.notTakenOver` says so), call this as the first statement
    /// of `main`.
    public static func takeOverIfNeeded() { CurrentProcess.takeOverIfWorker() }
}

/// What the C entry hook calls in a child that was started by exec; never returns.
@_cdecl("multiprocessing_worker_main")
func runWorkerMain(role: UnsafePointer<CChar>, descriptor: Int32) {
    // The hook's own buffer, a C string.
    let role = unsafe String(cString: role)
    let socket = Descriptor(owning: descriptor)
    socket.closeOnExec()
    switch role {
    case WorkerRole.forkServer: ForkServerLoop.run(over: socket)
    default:
        let recordsCrashes = role == WorkerRole.recordingWorker
        WorkerLoop.run(over: socket, endingWithParent: .byThread, recordsCrashes: recordsCrashes)
    }
}

/// What a program that is started anew becomes.
enum WorkerRole {
    static let worker = "worker"
    /// One that records where it crashes.
    static let recordingWorker = "recorder"
    static let forkServer = "server"
}

/// A worker's life: receive work, do it, send its output, until told to stop or until the parent is gone.
///
/// One thread runs everything, also the main actor's jobs: the main one, or in a fork server's copy a new one. Each piece of work is done before the next is read, so
/// what a work leaves running behind it (an unawaited task) goes on only while another piece of work runs.
enum WorkerLoop {
    /// Who sees to it that this worker ends with its parent, also in the middle of a work that never returns.
    enum ParentWatch {
        /// The fork server that it comes from, and the kernel (rule 3 there).
        case byServer
        /// A thread of its own, from its first work on: an idle worker reads the end itself.
        case byThread
    }

    /// Never returns. The socket stays open for the life of the process.
    static func run(
        over socket: consuming Descriptor, endingWithParent watch: ParentWatch, recordsCrashes: Bool
    ) -> Never {
        CurrentProcess.setName("mp worker")
        prepare()
        if recordsCrashes { CrashRecorder.begin() }
        let number = socket.release()
        WorkerParent.remember(over: number)
        WorkerVoice.begin(over: number)
        var conversation = Conversation(number: number)
        var watchesParent = watch == .byServer
        while let order = conversation.next() {
            if !watchesParent {
                watchesParent = true
                watchParent(number)
            }
            let answer: MessageBody
            switch order {
            case .work(let payload): answer = Self.answer(to: payload)
            case .goOn(let memory, let bell): serve(in: memory, bell, number)
            }
            // Before the answer: what the work printed is there when its output is, and who has the output may end this
            // process.
            CurrentProcess.flushStreams()
            unsafe WorkerVoice.own?.say(answer)  // set above
        }
        CurrentProcess.exit(0)
    }

    /// What the parent wants next.
    private enum Order {
        case work(ReceivedBody)
        /// To go on as a pool's worker in this memory.
        case goOn(WorkerMemory, Doorbell)
    }

    private static func serve(in memory: WorkerMemory, _ bell: Doorbell, _ socket: Int32) -> Never {
        Nesting.enter(Int(memory.depth.value))
        let service = WorkerService(memory: memory, bell: bell, socket: socket, executor: mainExecutor)
        service.run()
        CurrentProcess.flushStreams()
        CurrentProcess.exit(0)
    }

    /// Once in a process and its copies: the copies of a fork server find it done.
    static func prepare() { _ = isPrepared }

    private static let isPrepared: Void = {
        CurrentProcess.replaceMainExecutor(by: mainActorExecutor)
        // What several workers print then comes in whole lines, also where it goes straight to the program's own output.
        CurrentProcess.writeOutputLineByLine()
        CrashRecorder.prepare()
    }()
    private static let mainExecutor = ThreadExecutor()
    private static let mainActorExecutor = ThreadExecutor.MainExecutor(on: mainExecutor)

    /// Does one piece of work on the calling thread; the frame to send back.
    static func answer(to payload: ReceivedBody) -> MessageBody {
        do {
            let work = try ReceivedWork(payload)
            return mainExecutor.run { await work.reply() }
        } catch {
            return RemoteFailure(error, at: .decodingWork).frame()
        }
    }

    /// What the parent sends, taken in as large pieces as there are.
    private struct Conversation {
        let number: Int32
        var assembler = FrameAssembler()

        /// The next order; nil to end.
        mutating func next() -> Order? {
            guard let frame = receive() else { return nil }
            switch frame.kind {
            case .work: return .work(frame.payload)
            case .settings:
                WorkerSurroundings.apply(frame.payload)
                return next()
            case .streams: return StreamsFrame.apply(frame.payload) ? next() : nil
            case .memory:
                let handles = frame.payload.descriptors.handles
                guard handles.count == 2 else { return nil }
                // The memory's descriptor has done its duty when it is mapped, and goes with the frame.
                guard let memory = try? WorkerMemory(of: MemoryFile(adopting: handles[1])) else { return nil }
                return .goOn(memory, Doorbell(adopting: handles[0]))
            default: return nil
            }
        }

        /// The next message, or nil when the parent is gone or has sent something that is none.
        mutating func receive() -> ReceivedFrame? {
            while true {
                do { if let frame = try assembler.next() { return frame } } catch { return nil }
                // Little room for the beginning of a message, much for the rest of a large one: a child that receives
                // one short message in its life should not have its heap grown and trimmed for it.
                let room = assembler.isBetweenFrames ? 4 << 10 : 64 << 10
                // The buffer is the closure's; the assembler copies what was received.
                let isOpen = unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { bytes in
                    let arrival = unsafe DescriptorTransfer.receive(number, into: bytes, waits: true)
                    guard case .moved(let count) = arrival.result else { return false }
                    let part = unsafe UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
                    unsafe assembler.append(part, with: arrival.descriptors)
                    return true
                }
                if !isOpen { return nil }
            }
        }
    }

    /// Ends this process when its parent ends. The parent-death signal will not do here: it follows the parent's
    /// *thread*, and a child that was started by a thread which ends would be killed.
    private static func watchParent(_ number: Int32) {
        // Without a thread to be had the work itself could hardly run; the worker still ends with its next read.
        try? NativeThread.start(named: "mp.watch parent") {
            Transfer.waitForEnd(number)
            CurrentProcess.killOwnGroup()
        }
    }
}
