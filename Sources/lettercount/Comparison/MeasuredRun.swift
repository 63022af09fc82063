// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// One run of one model, in a process of its own that is started anew: so nothing of another run is in its memory, and
/// if it dies, the comparison goes on.
struct MeasuredRun: Work {
    enum Input: Codable, Sendable {
        case held(HeldCorpus, passes: Int)
        case served([CountedSource])
    }

    var model: CountingModel
    var workers: Int
    var text: TextInterpretation
    var limits: ReadLimits
    var input: Input

    struct Output: Codable, Sendable {
        var nanoseconds: Int64
        var processorNanoseconds: Int64
        var began: Int64
        var letters: LetterCounts
        /// By the documents' numbers.
        var timings: [Int: DocumentTiming]
        var failures: [String]
    }

    func run() async throws -> Output {
        let before = ProcessorTime.nanoseconds
        var output = try await count()
        // Here, where all workers have ended.
        ForkServer.stop()
        await DocumentReaders.shutDown()
        ProcessorTime.settle()
        output.processorNanoseconds = ProcessorTime.nanoseconds - before
        return output
    }

    /// A function of its own, so that the pool is gone when it returns.
    private func count() async throws -> Output {
        let sources = sources.enumerated().map { NumberedSource(index: $0, source: $1) }
        let began = Caller.nanoseconds
        // The process has other threads: the library's, which wait for messages and hold no lock.
        let crew = try Crew(model, workers: workers, safety: .ignoreOtherThreads)
        let engine = try CountEngine(
            model, crew: crew, workers: workers, task: CountTask(text: text, grain: model.grain, limits: limits),
            retries: 0,
            showsWorkers: false)
        var letters = LetterCounts()
        var timings: [Int: DocumentTiming] = [:]
        var failures: [String] = []
        await engine.count(sources) { event in
            switch event {
            case .counted(let source, let counts):
                letters += counts.letters
                timings[source.index] = counts.timing
            case .failed(let source, let failure):
                failures.append("\(source.source.name): \(FailedDocument(source.source.name, failure).reason)")
            case .lost(let sources, let report):
                for source in sources { failures.append("\(source.source.name): \(report.briefDescription)") }
            case .broken(let source, let report):
                failures.append("\(source.source.name): \(report.briefDescription)")
            case .summed: preconditionFailure("each document is counted by itself here, with its times")
            case .underway: break
            }
        }
        if let table = engine.table { letters += table.counts }
        let ended = Caller.nanoseconds
        await crew.shutDown()
        return Output(
            nanoseconds: ended - began, processorNanoseconds: 0, began: began, letters: letters, timings: timings,
            failures: failures)
    }

    private var sources: [CountedSource] {
        switch input {
        case .held(let corpus, let passes): corpus.sources(passes: passes)
        case .served(let sources): sources
        }
    }
}
