// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// What a comparison, or a scaling, has found: all that its reports tell. Times are in seconds, sizes in bytes.
struct Comparison: Sendable {
    var machine: MachineFacts
    /// When it began, as in `2026-11-24T16:20:00Z`.
    var date: String
    var corpus: CorpusFacts
    /// In the order in which they were measured; each model of each has at least one run or a failure.
    var workloads: [WorkloadResult] = []
    var scalings: [Scaling] = []
    /// False when it was interrupted: what was measured until then is there.
    var isComplete = true
    /// Each with its remedy.
    var warnings: [String] = []
}

/// The machine and the program, as far as they matter to the figures.
struct MachineFacts: Sendable, Equatable {
    var processor: String
    /// That this program may use at once.
    var usableProcessors: Int
    var memoryBytes: UInt64
    /// For example `Linux 6.18.0 x86_64`.
    var system: String
    /// For example `Swift 6.3`.
    var compiler: String
    /// Of this program.
    var version: String
    /// False in a debug build, whose times mean nothing.
    var isOptimised: Bool
}

/// The documents that were counted.
struct CorpusFacts: Sendable, Equatable {
    /// What the user named, for example `rfc:1000-1019`.
    var sources: String
    var documents: Int
    var bytes: UInt64
    /// The exact table, counted once by the plainest loop before anything was measured.
    var letters: LetterCounts
    var text: TextInterpretation
}

/// What the workers have to do.
enum Workload: Sendable, Hashable {
    /// Fetch each document from a server that answers after a delay, and count it.
    case waiting(delayMilliseconds: Int)
    /// Count each document, which lies in memory, so many times.
    case computing(passes: Int)

    /// `waiting`, `computing`.
    var name: String {
        switch self {
        case .waiting: "waiting"
        case .computing: "computing"
        }
    }

    /// How many times each document is counted.
    var passes: Int {
        switch self {
        case .waiting: 1
        case .computing(let passes): passes
        }
    }
}

/// Every model at one workload.
struct WorkloadResult: Sendable {
    var workload: Workload
    /// How many workers all models but the sequential one had.
    var workers: Int
    var grain: UpdateGrain
    /// In the order in which they are shown; sequential first if it is there.
    var models: [ModelResult] = []
}

/// One model at one workload.
struct ModelResult: Sendable {
    var model: CountingModel
    var workers: Int
    /// In the order of time. The i-th runs of all models were made one after the other, in one round.
    var runs: [ModelRun] = []
    /// The run in which the memory was looked at. It is shown only where a comparison ends before the first of the others.
    var warmUp: ModelRun?
    /// The greatest memory of all processes of a run together, pages that several of them share counted once. It was
    /// measured in a run of its own, because looking takes time. Nil when it could not be.
    var peakMemoryBytes: UInt64?
    /// Of the run with the median time; empty when nobody asked for it.
    var timeline: [TimelineEntry] = []
    /// Why a run came to nothing, if one did.
    var failure: String?
}

/// One run of one model.
struct ModelRun: Sendable, Equatable {
    /// From the start of the first worker until the sum was there; the program's own start is not in it.
    var seconds: Double
    /// Of that, until the workers had been started.
    var startSeconds: Double
    /// Processor time of all its processes.
    var processorSeconds: Double
    /// What was counted.
    var letters: UInt64
    /// The updates that are missing: letter by letter what the exact table has more.
    var lostUpdates: UInt64
    /// Letter by letter what the exact table has less: a defect, if it is ever more than 0.
    var surplusUpdates: UInt64

    var isExact: Bool { lostUpdates == 0 && surplusUpdates == 0 }
}

/// One document as one worker counted it; the parts follow one another from `start` on.
struct TimelineEntry: Sendable, Equatable {
    /// The name without the folders before it.
    var document: String
    /// From 0 on, in the order of their first documents.
    var worker: Int
    /// For example `process 4711` or `thread 4712`.
    var workerName: String
    /// Since the run's beginning.
    var start: Double
    /// Until the first byte was there.
    var wait: Double
    /// Until the last one was, without the counting in between.
    var transfer: Double
    var count: Double
    /// Bringing the counts into the common table.
    var merge: Double
}

/// How the time of one model changes with the workers and with the amount of work.
struct Scaling: Sendable {
    var model: CountingModel
    /// With growing numbers of workers, all with the same work.
    var overWorkers: [ScalePoint]
    /// With growing amounts of work, all with the same number of workers.
    var overBytes: [ScalePoint]
    /// The fitted part of the work that does not become faster with more workers, 0 to 1 (Amdahl's law); nil with fewer than
    /// two points.
    var serialShare: Double?
    /// The fitted time that does not depend on the amount of work, and the time for each byte; nil with fewer than two points.
    var fixedSeconds: Double?
    var secondsPerByte: Double?
}

/// The runs at one number of workers and one amount of work.
struct ScalePoint: Sendable {
    var workers: Int
    /// Counted in all, passes included.
    var bytes: UInt64
    /// In the order of time.
    var seconds: [Double]
}
