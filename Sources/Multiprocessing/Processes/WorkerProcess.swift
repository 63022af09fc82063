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
    default: WorkerLoop.run(over: socket)
    }
}

/// What a program that is started anew becomes.
enum WorkerRole {
    static let worker = "worker"
    static let forkServer = "server"
}

/// A worker's life: receive work, do it, send its output, until told to stop or until the parent is gone.
///
/// The main thread runs everything, also the main actor's jobs. Each piece of work is done before the next is read, so
/// what a work leaves running behind it (an unawaited task) goes on only while another piece of work runs.
enum WorkerLoop {
    /// Never returns. The socket stays open for the life of the process.
    static func run(over socket: consuming Descriptor) -> Never {
        CurrentProcess.setName("mp worker")
        CurrentProcess.replaceMainExecutor(by: mainActorExecutor)
        let number = socket.release()
        var watchesParent = false
        while let (kind, payload) = receive(from: number), kind == .work {
            if !watchesParent {
                watchesParent = true
                watchParent(number)
            }
            send(answer(to: payload), over: number)
        }
        CurrentProcess.flushStreams()
        CurrentProcess.exit(0)
    }

    private static let mainExecutor = ThreadExecutor()
    private static let mainActorExecutor = ThreadExecutor.MainExecutor(on: mainExecutor)

    private static func answer(to payload: ArraySlice<UInt8>) -> [UInt8] {
        do {
            let work = try ReceivedWork(payload)
            return mainExecutor.run { await work.reply() }
        } catch {
            return RemoteFailure(error, at: .decodingWork).frame()
        }
    }

    /// The next message, or nil when the parent is gone.
    private static func receive(from number: Int32) -> (Frame.Kind, ArraySlice<UInt8>)? {
        guard let head = bytes(Frame.headSize, from: number), let (kind, length) = Frame.head(head[...]),
            let payload = bytes(length, from: number)
        else { return nil }
        return (kind, payload[...])
    }

    private static func bytes(_ count: Int, from number: Int32) -> [UInt8]? {
        if count == 0 { return [] }
        var isWhole = false
        // The buffer is filled completely, or its content is never looked at.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            isWhole = (try? unsafe Transfer.receiveAll(number, into: UnsafeMutableRawBufferPointer(buffer))) ?? false
            initialized = isWhole ? count : 0
        }
        return isWhole ? bytes : nil
    }

    private static func send(_ frame: [UInt8], over number: Int32) {
        do {
            // Read only, within the closure.
            try unsafe frame.withUnsafeBufferPointer { bytes throws(SystemError) in
                try unsafe Transfer.sendAll(number, UnsafeRawBufferPointer(bytes))
            }
        } catch {
            // The parent is gone: there is nobody to work for.
            CurrentProcess.killOwnGroup()
        }
    }

    /// Ends this process when its parent ends, also in the middle of a work that never returns. An idle worker needs no
    /// watcher, it reads the end itself; and the parent-death signal will not do: it follows the parent's *thread*.
    private static func watchParent(_ number: Int32) {
        let thread = try? NativeThread.start(named: "mp.watch parent") {
            Transfer.waitForEnd(number)
            CurrentProcess.killOwnGroup()
        }
        // Without a thread to be had the work itself could hardly run; the worker still ends with its next read.
        _ = thread
    }
}
