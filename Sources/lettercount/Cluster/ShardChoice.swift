// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What `--shard` was given: a part, or that whoever started this program has said which.
enum ShardChoice: Hashable, Sendable {
    case part(Shard)
    /// By the variables of a job array; with how many parts there are if they do not say so.
    case auto(count: Int?)

    /// From `3/64`, `auto` or `auto/64`.
    init?(_ text: String) {
        if text == "auto" {
            self = .auto(count: nil)
        } else if text.hasPrefix("auto/"), let count = Shard.number(text.dropFirst(5)), (1...Shard.most).contains(count)
        {
            self = .auto(count: count)
        } else if let shard = Shard(text) {
            self = .part(shard)
        } else {
            return nil
        }
    }

    /// The part.
    ///
    /// - Throws: `Refusal` where no variable says which, or they say what cannot be.
    func shard(_ environment: (String) -> String?) throws(Refusal) -> Shard {
        switch self {
        case .part(let shard): return shard
        case .auto(let count):
            for array in JobArray.all where environment(array.index).map({ !$0.isEmpty }) ?? false {
                return try array.shard(environment, count: count)
            }
            throw Refusal(
                .usage,
                "--shard auto: none of \(JobArray.all.map(\.index).joined(separator: ", ")) is set, so this is no job array "
                    + "that is known; write --shard I/N")
        }
    }
}

/// How a scheduler tells a job of an array which one it is.
struct JobArray: Sendable {
    /// The variable with the job's number.
    let index: String
    /// The variable with the number of jobs, if there is one.
    var count: String?
    /// That of the least number, which is 0 if there is none; and that of the step between numbers, else 1.
    var least: String?
    var greatest: String?
    var step: String?

    /// In this order: who runs Slurm in containers means Slurm.
    static let all = [
        JobArray(
            index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", least: "SLURM_ARRAY_TASK_MIN",
            greatest: "SLURM_ARRAY_TASK_MAX", step: "SLURM_ARRAY_TASK_STEP"),
        JobArray(index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE"),
        // An indexed job of Kubernetes.
        JobArray(index: "JOB_COMPLETION_INDEX"),
    ]

    func shard(_ environment: (String) -> String?, count typed: Int?) throws(Refusal) -> Shard {
        let number = try value(index, environment) ?? 0
        let told = try value(count, environment)
        let (first, step) = (try value(least, environment) ?? 0, try value(step, environment) ?? 1)
        guard let count = told ?? typed else {
            throw Refusal(
                .usage, "--shard auto: \(index) is set, but not how many jobs there are; write --shard auto/N")
        }
        // Who runs a few jobs of an array again gets a smaller array, whose parts would be other ones: they would be counted
        // twice or not at all.
        let hasGaps = try value(greatest, environment).map { step < 1 || ($0 - first) / step + 1 != count } ?? false
        if hasGaps || typed.map({ $0 != count }) ?? false {
            throw Refusal(
                .usage,
                "--shard auto: the jobs of this array are not all parts of the whole, one after the other (\(count) jobs); "
                    + "write --shard I/N, with the numbers of the first run")
        }
        guard number >= first, (number - first) % step == 0, let shard = Shard((number - first) / step + 1, of: count)
        else { throw Refusal(.usage, "--shard auto: \(index)=\(number) is not within the \(count) jobs of the array") }
        return shard
    }

    private func value(_ name: String?, _ environment: (String) -> String?) throws(Refusal) -> Int? {
        guard let name, let text = environment(name), !text.isEmpty else { return nil }
        guard let number = Shard.number(text) else {
            throw Refusal(.usage, "--shard auto: \(name)=\(text) is no number")
        }
        return number
    }
}
