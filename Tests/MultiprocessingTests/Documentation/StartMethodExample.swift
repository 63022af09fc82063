// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From ChoosingAStartMethod.md.

func makeEarlyPool(workers: Int) throws(StartFailure) -> ProcessPool {
    do {
        return try ProcessPool(workers: workers, by: .fork)
    } catch .multithreaded {  // too late for a fork
        return try ProcessPool(workers: workers, by: .spawn)
    }
}

enum StartMethodExample {
    static func child(print: (Any) -> Void) async throws {
        let child = try ChildProcess.start(DivisorSum(number: 28), by: .spawn)
        print(try await child.outcome.get())
    }
}

struct Render: Work {
    var page: Int
    var resolution: Int  // the option that main.swift has parsed, as a field

    func run() -> String { "page \(page) at \(resolution) dpi" }
}

func makeDrawingPool(in folder: String) throws(StartFailure) -> ProcessPool {
    var settings = WorkerSettings()
    settings.name = "drawing"  // in ps and top
    settings.workingDirectory = folder
    settings.environment = .changed(["LANG": "C", "DEBUG": nil])
    settings.limits = [.addressSpace(bytes: 4 << 30), .processorTime(seconds: 3600)]
    settings.niceness = 5
    return try ProcessPool(workers: 4, settings: settings)
}

enum PrimeTable: ForkServerPreload {
    // Set once in the server, before any work, and only read after that.
    nonisolated(unsafe) private(set) static var isPrime: [Bool] = []

    static func preload() {
        var isPrime = [false, false] + Array(repeating: true, count: 99_998)
        for number in 2..<317 where isPrime[number] {
            for multiple in stride(from: 2 * number, to: isPrime.count, by: number) { isPrime[multiple] = false }
        }
        unsafe self.isPrime = isPrime
    }
}

struct CountFromTable: Work {
    var range: Range<Int>
    func run() -> Int { unsafe PrimeTable.isPrime[range].count { $0 } }
}

func makeTablePool() throws(StartFailure) -> ProcessPool {
    var settings = WorkerSettings()
    settings.preload = [PrimeTable.self]
    return try ProcessPool(workers: 4, by: .forkServer, settings: settings)
}
