// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A pool's worker: receives work through shared memory, does it, answers, until it is told to stop.
///
/// Rules:
/// 1. One task serves many pieces of work; a new one begins after one that was called away from its work, since a cancelled
///    task stays cancelled.
/// 2. A call is about one piece of work. It reaches exactly that one, or nothing when that has ended: the piece is named as
///    running before it may run, and both are looked at under one lock.
/// 3. An answer is sent before the next work is begun, and what the work printed before its answer.
final class WorkerService: Sendable {
    private struct Running: Sendable {
        var tag: UInt32?
        var task: Task<Void, Never>?
        var isCalledAway = false
    }

    private let memory: WorkerMemory
    private let conversation: WorkerConversation
    private let executor: ThreadExecutor
    private let running = Monitor(Running())
    private let types = WorkTypeMemory()

    init(memory: WorkerMemory, bell: Doorbell, socket: Int32, executor: ThreadExecutor) {
        self.memory = memory
        self.executor = executor
        let conversation = WorkerConversation(memory: memory, bell: bell, socket: socket)
        self.conversation = conversation
        // Rule 4: what is said by several threads passes one lock.
        WorkerVoice.begin { conversation.send($0) }
    }

    /// Serves to the end on the calling thread.
    func run() {
        // Without a thread to be had nobody can call this worker away: it is killed after the grace instead.
        try? NativeThread.start(named: "mp.calls") { [self] in listen() }
        while executor.run({ [self] in await serve() }, started: { [self] task in running.update { $0.task = task } }) {
        }
    }

    /// Rule 1: true to be begun again.
    private func serve() async -> Bool {
        while let frame = conversation.receive() {
            switch frame.kind {
            case .work: if await perform(frame) { return true }
            case .parcel: if await performAll(of: frame) { return true }
            case .stop:
                await finish(frame.payload)
                return false
            default: return false
            }
            // What earlier pieces have left behind takes its turn.
            if executor.hasJobs { await Task.yield() }
        }
        return false
    }

    /// Does one piece of work; true when it was called away.
    private func perform(_ frame: ReceivedFrame) async -> Bool {
        let began = Deadline.now.nanoseconds
        guard begin(frame.tag, at: began) else { return false }
        var answer = await answer(to: frame.payload)
        memory.slots.finish(frame.tag, after: Deadline.now.nanoseconds - began)
        let isCalledAway = end()
        CurrentProcess.flushStandardOutput()
        Frame.setTag(frame.tag, of: &answer)
        say(answer)
        return isCalledAway
    }

    /// The last thing of all, if the parent has something in mind. Nobody waits for an answer.
    private func finish(_ payload: ReceivedBody) async {
        guard !payload.bytes.isEmpty else { return }
        let answer = await answer(to: payload)
        guard Frame.head(answer.bytes.prefix(Frame.headSize))?.kind == .failure else { return }
        let reason = try? MessageDecoder.decode(RemoteFailure.self, from: answer.bytes.dropFirst(Frame.headSize))
        StandardStream.error.write(
            "Multiprocessing: a worker's finalizer failed: \(reason?.error.description ?? "?")\n")
    }

    private func answer(to payload: ReceivedBody) async -> MessageBody {
        do {
            return try await ReceivedWork(payload, types).reply()
        } catch {
            return RemoteFailure(error, at: .decodingWork).frame()
        }
    }

    /// Does the works of a parcel, one after the other, and answers each; true when it was called away.
    private func performAll(of frame: ReceivedFrame) async -> Bool {
        let began = Deadline.now.nanoseconds
        guard begin(frame.tag, at: began) else { return false }
        let tag = frame.tag
        await ReceivedParcel.answer(frame.payload, types) { [self] answer in
            CurrentProcess.flushStandardOutput()
            Frame.setTag(tag, of: &answer)
            say(answer)
            return memory.slots.mayGoOn(tag)
        }
        // Together, since to look at the clock may take as long as one of them.
        memory.slots.finish(tag, after: Deadline.now.nanoseconds - began)
        let isCalledAway = end()
        // The parent knows by it that nothing more of this parcel is to come.
        say(Frame.empty(.passed, tag: tag))
        return isCalledAway
    }

    /// Set in the initializer.
    private func say(_ frame: MessageBody) { unsafe WorkerVoice.own?.say(frame) }

    // MARK: Calls

    /// Rule 2.
    private func begin(_ tag: UInt32, at now: Int64) -> Bool {
        running.update { $0.tag = tag }
        if memory.slots.begin(tag, at: now) { return true }
        running.update { $0.tag = nil }
        say(Frame.empty(.passed, tag: tag))
        return false
    }

    private func end() -> Bool {
        running.update { running in
            running.tag = nil
            defer { running.isCalledAway = false }
            return running.isCalledAway
        }
    }

    /// Waits for calls for the rest of the process's life.
    private func listen() -> Never {
        var known: UInt32 = 0
        while true {
            let word = memory.calls.value
            if word == known {
                memory.calls.sleep(while: word, until: .never)
                continue
            }
            known = word
            let task = running.update { running -> Task<Void, Never>? in
                guard running.tag == word & 0xff else { return nil }
                running.isCalledAway = true
                return running.task
            }
            task?.cancel()
        }
    }
}
