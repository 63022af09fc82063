// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Ends the run when nothing has ended for long, and shows what there is to see.
enum Watchdog {
    static func begin(_ ledger: Ledger, _ mark: Mark, patience: Duration) {
        Starting.thread {
            while true {
                pause(.milliseconds(200))
                let age = ContinuousClock.now - ledger.waitsSince
                guard age > patience else { continue }
                Console.say(report(ledger, mark, age))
                // Not by exit: its handlers could wait for what hangs.
                _exit(3)
            }
        }
    }

    private static func report(_ ledger: Ledger, _ mark: Mark, _ age: Duration) -> String {
        let underWay = ledger.underWay
        let works = underWay.prefix(20).map { entry in
            "  \(entry.what), for \((ContinuousClock.now - entry.since).inSeconds) s"
        }
        return """
            HUNG for \(age.inSeconds) s while \(ledger.phase); \(underWay.count) pieces of work are under way:
            \(works.joined(separator: "\n"))
            this process:
            \(ProcessFacts.threads(of: getpid()))
            its processes:
            \(mark.bearers.map(ProcessFacts.threads).joined(separator: "\n"))
            \(Leftovers.children.map { "child \(ProcessFacts.state(of: $0))" }.joined(separator: "\n"))
            so far: \(ledger.counts)
            not right: \(ledger.wrong)

            """
    }
}
