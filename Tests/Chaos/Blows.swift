// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

/// The thread that kills and stops.
///
/// Only processes that bear the run's mark are touched: a number may be another's by the time of the blow.
final class Blows: Sendable {
    private struct Stopped {
        let process: Int32
        let until: ContinuousClock.Instant
    }

    private let pool: ProcessPool
    private let ledger: Ledger
    private let mark: Mark
    private let calm: Duration
    private let isOver = Atomic(false)
    private let hasEnded = Latch()

    init(against pool: ProcessPool, _ ledger: Ledger, _ mark: Mark, calm: Duration) {
        self.pool = pool
        self.ledger = ledger
        self.mark = mark
        self.calm = calm
    }

    func begin(seed: UInt64) {
        Starting.thread { [self] in
            var random = SplitMix(state: seed)
            var stopped: [Stopped] = []
            while !isOver.load(ordering: .relaxed) {
                // Its own pace and nobody's to wait for: twice the mean at most.
                pause(calm * Int.random(in: 0...2_000, using: &random) / 1_000)
                goOn(&stopped) { $0.until < .now }
                strike(&random, &stopped)
            }
            goOn(&stopped) { _ in true }
            hasEnded.open()
        }
    }

    /// Nothing is struck afterwards, and nothing stays stopped.
    func end() {
        isOver.store(true, ordering: .relaxed)
        hasEnded.wait()
    }

    // MARK: Each blow

    private func strike(_ random: inout SplitMix, _ stopped: inout [Stopped]) {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<60: if let worker = anyWorker(&random) { killWorker(worker) }
        case ..<90: stop(anyWorker(&random), \.workersStopped, &random, &stopped)
        case ..<93: for worker in pool.processIdentifiers { killWorker(worker) }
        // Stopped and then killed, while it is.
        case ..<96:
            let worker = anyWorker(&random)
            stop(worker, \.workersStopped, &random, &stopped)
            if let worker { killWorker(worker) }
        case ..<98: stop(server, \.serversStopped, &random, &stopped)
        default: if let server, hit(server, SIGKILL) { ledger.count(\.serversKilled) }
        }
    }

    /// The shared server: the one of a pool by `.fork` cannot be replaced, so its end is the run's last act.
    private var server: Int32? { pool.startMethod == .forkServer ? ForkServer.processIdentifier : nil }

    private func anyWorker(_ random: inout SplitMix) -> Int32? {
        pool.processIdentifiers.sorted().randomElement(using: &random)
    }

    private func killWorker(_ process: Int32) {
        // Noted first: its failure may be there before this thread goes on.
        guard mark.isBorne(by: process) else { return }
        ledger.killed(process)
        kill(process, SIGKILL)
    }

    private func stop(
        _ process: Int32?, _ blow: any WritableKeyPath<Ledger.Counts, Int> & Sendable, _ random: inout SplitMix,
        _ stopped: inout [Stopped]
    ) {
        guard let process, hit(process, SIGSTOP) else { return }
        ledger.count(blow)
        let time = Duration.milliseconds(Int.random(in: 0...30, using: &random))
        stopped.append(Stopped(process: process, until: .now.advanced(by: time)))
    }

    private func goOn(_ stopped: inout [Stopped], _ isDue: (Stopped) -> Bool) {
        for entry in stopped where isDue(entry) { _ = hit(entry.process, SIGCONT) }
        stopped.removeAll(where: isDue)
    }

    private func hit(_ process: Int32, _ signal: Int32) -> Bool {
        mark.isBorne(by: process) && kill(process, signal) == 0
    }
}

/// Lets a thread wait for another's end.
final class Latch: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func wait() { while !isOpen.load(ordering: .acquiring) { pause(.milliseconds(1)) } }
}

/// Time passes: the moments of the blows are the subject here.
func pause(_ time: Duration) {
    guard time > .zero else { return }
    let wholeSeconds = time.components.seconds
    var request = timespec(tv_sec: Int(wholeSeconds), tv_nsec: Int(time.components.attoseconds / 1_000_000_000))
    // Reads the one structure.
    unsafe nanosleep(&request, nil)  // allowed: sleep is the subject
}
