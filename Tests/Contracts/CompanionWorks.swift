// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Multiprocessing
import Synchronization

/// Carries a task's own value to where its work runs.
public enum Tag: WorkCarrier {
    @TaskLocal public static var current: String?

    public static func captured() -> [String: String]? { current.map { ["tag": $0, "": "ä\u{0}"] } }

    public static func restore<Result: Sendable>(
        _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        await $current.withValue("\(words["tag"] ?? "none") \(words[""] ?? "none") for \(work)") { await operation() }
    }
}

/// Nests with the other, and says so.
public enum OuterTag: WorkCarrier {
    @TaskLocal public static var outer: String?

    public static func captured() -> [String: String]? { [:] }

    public static func restore<Result: Sendable>(
        _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        await $outer.withValue("around it the tag \(Tag.current ?? "none")") { await operation() }
    }
}

/// What the carriers have brought along.
public struct ReadTag: Work {
    public init() {}
    public func run() async -> String {
        let read = Task { "\(Tag.current ?? "none"), \(OuterTag.outer ?? "none")" }
        return await read.value
    }
}

/// A step of a piece of work.
public struct StepDone: WorkerNotice, Equatable {
    public var thread: Int
    public var step: Int
    public var padding: [UInt8]

    public init(thread: Int, step: Int, padding: [UInt8]) {
        self.thread = thread
        self.step = step
        self.padding = padding
    }
}

/// A notice that refuses to be encoded.
public struct RefusedNotice: WorkerNotice {
    public init() {}
    public init(from decoder: any Decoder) {}
    public func encode(to encoder: any Encoder) throws { throw Refused() }
    struct Refused: Error {}
}

/// Tells its parent of many steps from several threads, and answers how many.
public struct TellingSteps: Work {
    var threads: Int
    var steps: Int
    var paddingCount: Int

    public init(threads: Int, steps: Int, paddingCount: Int = 0) {
        self.threads = threads
        self.steps = steps
        self.paddingCount = paddingCount
    }

    public func run() async throws -> Int {
        let pool = try ThreadPool(workers: threads)
        let counts = try await pool.map(
            (0..<threads).map { Telling(thread: $0, steps: steps, paddingCount: paddingCount) })
        await pool.shutDown()
        return counts.reduce(0, +)
    }

    struct Telling: Work {
        var thread: Int
        var steps: Int
        var paddingCount: Int
        func run() throws -> Int {
            let padding = [UInt8](repeating: UInt8(truncatingIfNeeded: thread), count: paddingCount)
            for step in 0..<steps {
                guard try WorkerProcess.post(StepDone(thread: thread, step: step, padding: padding)) else {
                    return step
                }
            }
            return steps
        }
    }
}

/// Leaves a thread behind that tells its parent one thing after the other, also while other work runs and between.
public struct LeavingTalker: Work {
    public init() {}
    public func run() throws {
        // For the life of the worker, which ends it.
        Task.detached {
            for step in 0... {
                try WorkerProcess.post(StepDone(thread: 0, step: step, padding: []))
                await Task.yield()
            }
        }
    }
}

/// Tries to post what cannot be encoded.
public struct PostingRefused: Work {
    public init() {}
    public func run() -> String {
        do { return "posted: \(try WorkerProcess.post(RefusedNotice()))" } catch { return error.typeName }
    }
}

/// Whether it runs in a worker process.
public struct AskingForRole: Work {
    public init() {}
    public func run() -> Bool { WorkerProcess.isWorker }
}
