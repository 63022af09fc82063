// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

/// A comparison as JSON; its members and their order are part of this program's interface. Times are in seconds.
///
/// Every figure that any other report shows is in it or follows from what is in it: the raw runs stand beside their
/// medians.
enum ComparisonJSON {
    static func text(of comparison: Comparison) -> String { value(of: comparison).text + "\n" }

    static func value(of comparison: Comparison) -> JSONValue {
        [
            "version": .string(comparison.machine.version), "date": .string(comparison.date),
            "complete": JSONValue(comparison.isComplete), "machine": value(of: comparison.machine),
            "corpus": value(of: comparison.corpus),
            "workloads": .array(comparison.workloads.map(value)),
            "scalings": .array(comparison.scalings.map(value)),
            "warnings": .array(comparison.warnings.map { .string($0) }),
        ]
    }

    private static func value(of machine: MachineFacts) -> JSONValue {
        [
            "processor": .string(machine.processor), "usableProcessors": JSONValue(machine.usableProcessors),
            "memoryBytes": JSONValue(machine.memoryBytes), "system": .string(machine.system),
            "compiler": .string(machine.compiler), "optimised": JSONValue(machine.isOptimised),
        ]
    }

    private static func value(of corpus: CorpusFacts) -> JSONValue {
        [
            "sources": .string(corpus.sources), "documents": JSONValue(corpus.documents),
            "bytes": JSONValue(corpus.bytes), "text": .string(corpus.text.rawValue),
            "total": JSONValue(corpus.letters.total),
            "letters": .object(corpus.letters.map { ("\($0.letter)", JSONValue($0.count)) }),
        ]
    }

    private static func value(of result: WorkloadResult) -> JSONValue {
        let details: (String, JSONValue) =
            switch result.workload {
            case .waiting(let delay): ("delayMilliseconds", JSONValue(delay))
            case .computing(let passes): ("passes", JSONValue(passes))
            }
        return .object([
            ("workload", .string(result.workload.name)), details, ("workers", JSONValue(result.workers)),
            ("grain", .string(result.grain.rawValue)), ("baseline", JSONValue(result.baseline?.model.name)),
            ("models", .array(result.models.map { value(of: $0, over: result.baseline) })),
        ])
    }

    private static func value(of result: ModelResult, over baseline: ModelResult?) -> JSONValue {
        let model = result.model
        return [
            "name": .string(model.name), "model": .string(model.model.rawValue),
            "startMethod": JSONValue(model.startMethod?.rawValue), "ipc": JSONValue(model.ipc?.rawValue),
            "sync": .string(model.sync.rawValue), "grain": .string(model.grain.rawValue),
            "workers": JSONValue(result.workers), "seconds": value(of: result.seconds),
            "startSeconds": value(of: result.startSeconds), "processorSeconds": value(of: result.processorSeconds),
            "speedUp": baseline.map { value(of: result.speedUp(over: $0)) } ?? nil,
            "peakMemoryBytes": JSONValue(result.peakMemoryBytes), "lostUpdates": value(of: result.lostUpdates),
            "exactRuns": JSONValue(result.exactRuns), "failure": JSONValue(result.failure),
            "runs": .array(result.runs.map(value)), "timeline": .array(result.timeline.map(value)),
        ]
    }

    private static func value(of sample: Sample) -> JSONValue {
        if sample.isEmpty { return nil }
        return [
            "median": JSONValue(sample.median), "lowerQuartile": JSONValue(sample.lowerQuartile),
            "upperQuartile": JSONValue(sample.upperQuartile), "least": JSONValue(sample.least),
            "greatest": JSONValue(sample.greatest),
        ]
    }

    private static func value(of run: ModelRun) -> JSONValue {
        [
            "seconds": JSONValue(run.seconds), "startSeconds": JSONValue(run.startSeconds),
            "processorSeconds": JSONValue(run.processorSeconds), "letters": JSONValue(run.letters),
            "lostUpdates": JSONValue(run.lostUpdates), "surplusUpdates": JSONValue(run.surplusUpdates),
        ]
    }

    private static func value(of entry: TimelineEntry) -> JSONValue {
        [
            "document": .string(entry.document), "worker": JSONValue(entry.worker),
            "workerName": .string(entry.workerName), "start": JSONValue(entry.start), "wait": JSONValue(entry.wait),
            "transfer": JSONValue(entry.transfer), "count": JSONValue(entry.count), "merge": JSONValue(entry.merge),
        ]
    }

    private static func value(of scaling: Scaling) -> JSONValue {
        [
            "name": .string(scaling.model.name), "grain": .string(scaling.model.grain.rawValue),
            "overWorkers": .array(scaling.overWorkers.map(value)),
            "overBytes": .array(scaling.overBytes.map(value)), "serialShare": JSONValue(scaling.serialShare),
            "fixedSeconds": JSONValue(scaling.fixedSeconds), "secondsPerByte": JSONValue(scaling.secondsPerByte),
        ]
    }

    private static func value(of point: ScalePoint) -> JSONValue {
        [
            "workers": JSONValue(point.workers), "bytes": JSONValue(point.bytes),
            "median": JSONValue(Sample(point.seconds).median),
            "seconds": .array(point.seconds.map { JSONValue($0) }),
        ]
    }
}
