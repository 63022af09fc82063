// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Memory that four processes share: an array, of which each fills its part; a count behind a lock; and a value that can be
// read at any moment without one. The handles are fields of the work.

import Multiprocessing

/// How far all of them are: one value of two numbers, which is never seen half changed.
struct Progress: BitwiseCopyable, Sendable {
    var done = 0
    var sum = 0
}

struct FillSquares: Work {
    var range: Range<Int>
    var squares: SharedArray<Int>
    var count: SharedMutex<Int>
    var progress: SharedValue<Progress>

    /// Not asynchronous, so the locks hold this thread; it has nothing else to do.
    func run() throws {
        for index in range {
            try squares.setElement(index * index, at: index)
            try count.withLock { $0 += 1 }
            try progress.withLock { progress in
                progress.done += 1
                progress.sum += index * index
            }
        }
    }
}

@main
struct SharedMemoryExample {
    static func main() async throws {
        let length = 20_000
        let squares = try SharedArray(repeating: -1, count: length)
        let count = try SharedMutex(0)
        let progress = try SharedValue(Progress())
        try await withWorkerPool(.processes(4)) { pool in
            let works = (0..<4).map { part in
                FillSquares(
                    range: part * length / 4..<(part + 1) * length / 4, squares: squares, count: count,
                    progress: progress)
            }
            for try await _ in pool.results(of: works) {
                print("A process has done its part; done in all: \(progress.load().done) of \(length)")
            }
        }

        let elements = try await squares.elements()
        print("Squares: \(elements.prefix(6)) … \(elements.suffix(2))")
        print("All of them are right: \(elements == (0..<length).map { $0 * $0 })")
        print("Counted behind the lock: \(try await count.withLock { $0 })")
        print("The sum of the squares: \(progress.load().sum)")
    }
}
