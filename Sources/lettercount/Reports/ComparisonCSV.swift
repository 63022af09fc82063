// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A line for each single run, for those who want to do their own statistics; scalings follow with the workload `scale`.
enum ComparisonCSV {
    static func text(for comparison: Comparison) -> String {
        var lines = [
            "workload,model,grain,workers,round,bytes,seconds,start_seconds,cpu_seconds,peak_memory_bytes,letters,lost_updates,surplus_updates"
        ]
        for workload in comparison.workloads {
            let bytes = comparison.corpus.bytes * UInt64(workload.workload.passes)
            for model in workload.models { lines += self.lines(for: model, workload, bytes) }
        }
        for scaling in comparison.scalings {
            for point in scaling.overWorkers + scaling.overBytes {
                lines += point.seconds.enumerated().map { round, seconds in
                    "scale,\(scaling.model.name),\(scaling.model.grain.rawValue),\(point.workers),\(round + 1),\(point.bytes),"
                        + "\(number(seconds)),,,,,,"
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(for result: ModelResult, _ workload: WorkloadResult, _ bytes: UInt64) -> [String] {
        result.runs.enumerated().map { round, run in
            [
                workload.workload.name, result.model.name, result.model.grain.rawValue, "\(result.workers)",
                "\(round + 1)",
                "\(bytes)", number(run.seconds), number(run.startSeconds), number(run.processorSeconds),
                result.peakMemoryBytes.map { "\($0)" } ?? "", "\(run.letters)", "\(run.lostUpdates)",
                "\(run.surplusUpdates)",
            ]
            .joined(separator: ",")
        }
    }

    private static func number(_ seconds: Double) -> String { Decimals.text(seconds, places: 6) }
}
