// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// The work that children and pools are measured with: as little as can be verified.
struct Square: Work {
    var number: Int
    func run() -> Int { number * number }
}

/// Start to answer of one child, measured in a process that has done nothing else: `.fork` asks for a single thread.
enum StartMeasurement {
    static func run(_ method: StartMethod, count: Int) throws {
        // The first child is another row's matter: it loads the fork server and touches pages for the first time.
        _ = try nanoseconds(ofStarting: 0, by: method)
        let times = try (1...count).map { try nanoseconds(ofStarting: $0, by: method) }
        print(Series.line(method.rawValue, times))
    }

    /// What a child of the peer in C does, in this program: descriptor 3 is the conversation.
    static func answer() -> Never {
        var number = 0
        // One number each way.
        guard unsafe read(3, &number, MemoryLayout<Int>.size) == MemoryLayout<Int>.size else { _exit(1) }
        number *= number
        guard unsafe write(3, &number, MemoryLayout<Int>.size) == MemoryLayout<Int>.size else { _exit(1) }
        _exit(0)
    }

    private static func nanoseconds(ofStarting number: Int, by method: StartMethod) throws -> Double {
        let began = ContinuousClock.now
        let child = try ChildProcess.start(Square(number: number), by: method)
        let answer = try child.wait().get()
        let time = ContinuousClock.now - began
        guard answer == number * number else { throw BenchmarkFailure("\(number) squared is not \(answer)") }
        // Its end is no part of the time, as it is not for the peers.
        guard child.waitUntilExit().isSuccess else { throw BenchmarkFailure("a child did not exit with code 0") }
        return time.nanoseconds
    }
}
