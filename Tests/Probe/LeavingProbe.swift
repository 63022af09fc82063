// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Multiprocessing

/// Programs that leave without a word to their pool: one worker works, one is idle, and a child works besides.
enum LeavingProbe: String {
    case returnsFromMain, returnsWhileEnding, exits, exitsAtOnce, traps, killsItself
    /// Becomes another program, in the same process.
    case becomesAnother

    func run(_ method: StartMethod) {
        let doors = Doors()
        do {
            let pool = try ProcessPool(workers: 2, by: method)
            Task { try await pool.run(doors.stay()) }
            // After the pool this process has threads.
            let child = try ChildProcess.start(doors.stay(), by: method == .fork ? .spawn : method)
            doors.awaitArrivals(2)
            // A letter before and after the numbers, so that a line that was cut is not taken for a whole one.
            StandardOutput.print("left \(pool.workerCount + [child].count) behind")
            if self == .returnsWhileEnding { end(pool) }
            leave()
        } catch {
            StandardOutput.print("\(error)")
            ProbeEnd.now(2)
        }
    }

    /// Has the pool finish what it has, which it never will, and waits only until nothing new is accepted.
    private func end(_ pool: ProcessPool) {
        let isEnding = DispatchSemaphore(value: 0)
        Task { await pool.shutDown() }
        Task {
            while (try? await pool.run(Introduction())) != nil {}
            isEnding.signal()
        }
        isEnding.wait()
    }

    private func leave() {
        switch self {
        case .returnsFromMain, .returnsWhileEnding: break
        case .exits: exit(0)
        case .exitsAtOnce: _exit(0)
        case .traps: fatalError("enough")
        case .killsItself: kill(getpid(), SIGKILL)
        case .becomesAnother:
            // Two literals and the end of the list; they live until the process has become the other.
            var words = unsafe [strdup("sleep"), strdup("1000"), nil]
            unsafe execv("/bin/sleep", &words)
        }
    }
}
