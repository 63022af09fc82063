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
