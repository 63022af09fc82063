// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What the command line asks for.
struct Options {
    private static let usage = """
        usage: benchmarks [--rows start,memory,pool,noop,many,idle,locks,queue,kernels,files,web,job] [--runs N] [--output FILE.md]

          --rows    the groups to measure, all if not given
          --runs    how often each program is run, in turn with the others (5)
          --output  also write the report to this file

        environment:
          LETTERCOUNT         the tool, if not .build/release/lettercount of the package
          LETTERCOUNT_CORPUS  a folder of documents for the job, if not twenty generated ones, for the
                              kernels and for the files
          LOKY_PYTHON         a Python that has loky, if not the one in Benchmarks/.build/loky
        """

    private(set) var groups: [any Group] = []
    private(set) var runs = 5
    private(set) var output: String?

    init(_ arguments: [String]) throws {
        var rows = [
            "start", "memory", "pool", "noop", "many", "idle", "locks", "queue", "kernels", "files", "web", "job",
        ]
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchmarkFailure(Self.usage) }
            switch option {
            case "--rows": rows = value.split(separator: ",").map(String.init)
            case "--runs":
                guard let number = Int(value), number > 0 else { throw BenchmarkFailure(Self.usage) }
                runs = number
            case "--output": output = value
            default: throw BenchmarkFailure(Self.usage)
            }
        }
        groups = try rows.map(Self.group)
    }

    private static func group(named name: String) throws -> any Group {
        switch name {
        case "start": StartGroup()
        case "memory": WorkerMemoryGroup()
        case "pool": PoolGroup()
        case "noop": NoOpGroup()
        case "many": ManyGroup()
        case "idle": IdleGroup()
        case "locks": LockGroup()
        case "queue": QueueGroup()
        case "kernels": KernelGroup()
        case "files": FileGroup()
        case "web": WebGroup()
        case "job": JobGroup()
        default: throw BenchmarkFailure("no rows by the name of \(name)\n\n\(usage)")
        }
    }
}
