// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing
import Synchronization

/// Programs whose workers write.
enum OutputProbe: String {
    /// A pool's or a child's lines, each printed with all that is known of it.
    case poolLines, childLines
    /// The same to this program's own streams, to nobody, and untouched.
    case poolPassed, childPassed, poolDiscarded, childDiscarded, poolInherited, childInherited
    /// Eight workers that write at the same time.
    case crowd
    /// A worker that writes 100 MB: while nobody waits, and to nobody. Prints by how much this process has grown.
    case unreadFlood, flood
    /// What a program writes that the work starts.
    case programLines, programPassed

    func run(_ method: StartMethod) -> Never {
        do {
            switch self {
            case .poolLines: pool(method, printed, Speaking(word: "it"))
            case .poolPassed: pool(method, .passedThrough, Speaking(word: "it"))
            case .poolDiscarded: pool(method, .discarded, Speaking(word: "it"))
            case .poolInherited: pool(method, .inherited, Speaking(word: "it"))
            case .childLines: try child(method, printed)
            case .childPassed: try child(method, .passedThrough)
            case .childDiscarded: try child(method, .discarded)
            case .childInherited: try child(method, .inherited)
            case .programLines: pool(method, printed, SpeakingThroughProgram())
            case .programPassed: pool(method, .passedThrough, SpeakingThroughProgram())
            case .crowd: crowd(method)
            case .unreadFlood: try unreadFlood(method)
            case .flood: flood(method)
            }
        } catch {
            StandardOutput.print("\(error)")
        }
        ProbeEnd.now(1)
    }

    private var printed: WorkerOutput {
        .lines { line in
            let isWorker = line.processIdentifier > 0 && line.processIdentifier != getpid()
            let worker = line.worker.map(String.init) ?? "-"
            let work = line.work ?? "-"
            StandardOutput.print("\(line.stream) \(isWorker) \(worker) \(work) |\(line.text)|")
        }
    }

    private func settings(_ output: WorkerOutput) -> WorkerSettings {
        var settings = WorkerSettings()
        settings.output = output
        return settings
    }

    private func makePool(_ method: StartMethod, _ output: WorkerOutput, workers: Int = 1) -> ProcessPool {
        do {
            return try ProcessPool(workers: workers, by: method, settings: settings(output))
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(2)
        }
    }

    private func pool(_ method: StartMethod, _ output: WorkerOutput, _ work: some Work) -> Never {
        let pool = makePool(method, output)
        Task {
            _ = try await pool.run(work)
            await pool.shutDown()
            StandardOutput.print("done")
            ProbeEnd.now(0)
        }
        dispatchMain()
    }

    private func child(_ method: StartMethod, _ output: WorkerOutput) throws -> Never {
        let child = try ChildProcess.start(Speaking(word: "it"), by: method, settings: settings(output))
        _ = try child.wait().get()
        _ = child.waitUntilExit()
        StandardOutput.print("done")
        ProbeEnd.now(0)
    }

    private func crowd(_ method: StartMethod) -> Never {
        let pool = makePool(method, .passedThrough, workers: 8)
        Task {
            _ = try await pool.map((0..<8).map { Chattering(number: $0, lineCount: 1_000) }, lookAhead: 8)
            await pool.shutDown()
            ProbeEnd.now(0)
        }
        dispatchMain()
    }

    private func unreadFlood(_ method: StartMethod) throws -> Never {
        let before = Memory.peak
        let child = try ChildProcess.start(
            Flooding(byteCount: 100_000_000), by: method, settings: settings(.discarded))
        // It stops when its pipe is full, and goes on when somebody waits.
        while Memory.written(by: child.processIdentifier) < 60_000 { sched_yield() }
        let isDone = child.wait()
        StandardOutput.print("\(isDone) \(Memory.peak - before)")
        ProbeEnd.now(0)
    }

    private func flood(_ method: StartMethod) -> Never {
        let count = Mutex(0)
        let pool = makePool(method, .lines { line in count.withLock { $0 += line.bytes.count + 1 } })
        Task {
            let before = Memory.peak
            try await pool.run(Flooding(byteCount: 100_000_000))
            await pool.shutDown()
            StandardOutput.print("\(count.withLock { $0 }) \(Memory.peak - before)")
            ProbeEnd.now(0)
        }
        dispatchMain()
    }
}

/// What the kernel says of processes.
private enum Memory {
    /// The most that this process has had, in KiB.
    static var peak: Int {
        var usage = rusage()
        // Fills in the local value.
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    /// How many bytes a process has written.
    static func written(by process: Int32) -> Int {
        // A path and a mode, and a buffer of its own for the time of the calls.
        guard let file = unsafe fopen("/proc/\(process)/io", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var text = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe fread(&text, 1, text.count, file)
        let lines = String(decoding: text.prefix(count), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix("wchar: ") }.flatMap { Int($0.dropFirst(7)) } ?? 0
    }
}
