// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Measures what the command line asks for.
///
/// It links no Foundation: loading that would be a good part of a spawned worker's time, and these rows are the
/// library's.
@main
enum Benchmarks {
    static func main() {
        // Spawned by a peer in C: as little as can be before the answer.
        if CommandLine.argc == 3, CommandLine.arguments[2] == "answer" { StartMeasurement.answer() }
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.first == "measure" {
                try measure(Array(arguments.dropFirst()))
            } else {
                try run(Options(arguments))
            }
        } catch {
            fail("\(error)")
        }
    }

    /// All groups that were asked for, each table printed as soon as it is complete.
    private static func run(_ options: Options) throws {
        let beginning = Surroundings.loadAverage
        var report = "# Benchmarks, \(Surroundings.today)\n"
        show(report)
        for group in options.groups {
            let section = try group.measure(runs: options.runs)
            show(section + "\n")
            report += "\n" + section + "\n"
        }
        let surroundings = Surroundings.markdown(runs: options.runs, loadAtBeginning: beginning)
        show(surroundings)
        if let path = options.output { try TextFile.write(report + "\n" + surroundings + "\n", to: path) }
    }

    /// The hidden half: this program as one that is measured, in a process that has done nothing else before.
    private static func measure(_ arguments: [String]) throws {
        switch (arguments.first, arguments.dropFirst().first, arguments.last.flatMap(Int.init)) {
        case ("start", let name?, let count?):
            guard let method = StartMethod(rawValue: name) else { throw BenchmarkFailure("no start method \(name)") }
            try StartMeasurement.run(method, count: count)
        case ("memory", let name?, _):
            guard let method = StartMethod(rawValue: name) else { throw BenchmarkFailure("no start method \(name)") }
            // Here, where there is one thread.
            let pool = try WorkerMemoryMeasurement.makePool(method)
            runToEnd { try await WorkerMemoryMeasurement.run(pool) }
        case ("pool", let name?, let pieces?):
            guard let workers = PoolGroup.workers[name] else { throw BenchmarkFailure("no pool \(name)") }
            runToEnd { try await PoolMeasurement.run(workers, pieces: pieces, roundTrips: PoolGroup.roundTrips) }
        case ("queue", let name?, let count?):
            guard let byteCount = arguments.dropFirst(2).first.flatMap(Int.init) else {
                throw BenchmarkFailure("no size of messages")
            }
            try QueueMeasurement.run(name, byteCount: byteCount, count: count)
        case ("noop", "processes", let pieces?):
            runToEnd { try await NoOpMeasurement.run(pieces: pieces, roundTrips: NoOpGroup.roundTrips) }
        case ("many", let name?, let count?):
            guard let method = StartMethod(rawValue: name) else { throw BenchmarkFailure("no start method \(name)") }
            runToEnd { try await ManyMeasurement.run(count, method) }
        case ("idle", let name?, _):
            guard let method = StartMethod(rawValue: name) else { throw BenchmarkFailure("no start method \(name)") }
            // Made before the first task, as `.fork` asks for.
            let pool = try ProcessPool(workers: 2, by: method)
            runToEnd { try await IdleMeasurement.run(pool) }
        case ("locks", _, let count?): try LockMeasurement.run(count: count)
        default: throw BenchmarkFailure("nothing to measure by the name of \(arguments)")
        }
    }

    /// Runs asynchronous code to the end of the program. `main` itself is not asynchronous, because Swift's
    /// concurrency starts threads, which `.fork` would refuse.
    private static func runToEnd(_ body: @escaping @Sendable () async throws -> Void) -> Never {
        Task.detached {
            do {
                try await body()
                exit(0)
            } catch {
                fail("\(error)")
            }
        }
        while true { pause() }
    }

    static func fail(_ text: String) -> Never {
        note("benchmarks: " + text)
        exit(1)
    }

    /// A line on standard error.
    static func note(_ text: String) {
        let line = text + "\n"
        // A C string that lives for the call; write reads no further than its end.
        _ = unsafe write(2, line, line.utf8.count)
    }

    /// Text on standard output, at once.
    private static func show(_ text: String) {
        print(text)
        fflush(nil)
    }
}
