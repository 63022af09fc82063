// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The same with processes, by each of the three start methods: their process numbers, and how long each took from the
// moment when it was asked for to the first line of its work.
//
// `main` is synchronous, and the forked children come first: fork is refused as soon as this process has a second
// thread. `wait()` holds this thread and starts no other.

import Multiprocessing

struct Working: Work {
    var number: Int
    var method: StartMethod

    /// The moment when the work began; the clock is the same in all processes of a machine.
    func run() async throws -> ContinuousClock.Instant {
        let beginning = ContinuousClock.now
        print("Working \(number) … (by \(method.rawValue))")
        try await Task.sleep(for: .milliseconds(.random(in: 10...100)))
        print("Finished \(number) (by \(method.rawValue))")
        return beginning
    }
}

@main
struct WorkingProcesses {
    static func main() throws {
        let report = try [StartMethod.fork, .spawn, .forkServer].map(startFive)
        print("The processes, and after how long each began its work:")
        for line in report { print(line) }
        try askForForkWithTwoThreads()
    }

    static func startFive(by method: StartMethod) throws -> String {
        let children = try (1...5).map { number in
            let asked = ContinuousClock.now
            return (asked, try ChildProcess.start(Working(number: number, method: method), by: method))
        }
        let reports = try children.map { asked, child in
            let time = try child.wait().get() - asked
            return "\(child.processIdentifier) \(Int(time / .microseconds(1))) µs"
        }
        return "\(method.rawValue): \(reports.joined(separator: ", "))"
    }

    static func askForForkWithTwoThreads() throws {
        let pool = try ThreadPool(workers: 1)
        do {
            _ = try ChildProcess.start(Working(number: 6, method: .fork), by: .fork)
        } catch {
            print("With one thread more: \(error)")
        }
        // Until here, so that there are two.
        extendLifetime(pool)
    }
}
