// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// How a run went, in a line for people or for programs.
struct Summary {
    let method: StartMethod
    let seed: UInt64
    let time: Duration
    let left: [String]
    private let counts: Ledger.Counts
    private let refusals: [String: Int]
    private let slowest: Duration
    private let deathDelays: [Duration]
    private let wrong: [String]

    init(method: StartMethod, workers: Int, seed: UInt64, time: Duration, ledger: Ledger, left: [String]) {
        self.method = method
        self.seed = seed
        self.time = time
        self.left = left
        counts = ledger.counts
        refusals = ledger.refusals
        slowest = ledger.slowest
        deathDelays = ledger.deathDelays
        // With its server, each of its workers is killed; the one of a pool by `.fork` is in the last act.
        let servers = counts.serversKilled + (method == .fork ? 1 : 0)
        let most = counts.workersKilled + servers * workers
        let tooMany = counts.killed > most ? ["\(counts.killed) pieces were killed by \(most) kills"] : []
        wrong = ledger.wrong + tooMany + ledger.underWay.map { "\($0.what) never ended" }
    }

    var holds: Bool { left.isEmpty && wrong.isEmpty }

    var text: String {
        var line = "\(method.rawValue): \(counts.ended) pieces in \(time.inSeconds) s: \(counts.values) values, "
        line += "\(counts.threw) threw, \(counts.died) died, \(counts.killed) killed, \(counts.refused) refused, "
        line += "\(counts.cancelled) cancelled, \(counts.takenBack) taken back; "
        line += "\(counts.workersKilled) kills and \(counts.workersStopped) stops of workers, "
        line += "\(counts.serversKilled) and \(counts.serversStopped) of the server; "
        line += "a death was told after \(delay(0.5).inSeconds) s (median; at most \(delay(1).inSeconds) s), "
        line += "the slowest piece took \(slowest.inSeconds) s; "
        line += "\(left.isEmpty ? "nothing left" : "\(left.count) things left"); seed \(seed)\n"
        for (reason, count) in refusals.sorted(by: { $0.key < $1.key }) { line += "  refused \(count): \(reason)\n" }
        for complaint in wrong.prefix(20) { line += "  FAILED: \(complaint)\n" }
        if wrong.count > 20 { line += "  FAILED: and \(wrong.count - 20) more\n" }
        for thing in left.prefix(20) { line += "  LEFT: \(thing)\n" }
        return line
    }

    var json: String {
        let numbers: [(String, Int64)] = [
            ("seed", Int64(seed)), ("milliseconds", time.milliseconds), ("pieces", Int64(counts.ended)),
            ("values", Int64(counts.values)), ("threw", Int64(counts.threw)), ("died", Int64(counts.died)),
            ("killed", Int64(counts.killed)),
            ("refused", Int64(counts.refused)), ("cancelled", Int64(counts.cancelled)),
            ("takenBack", Int64(counts.takenBack)), ("workersKilled", Int64(counts.workersKilled)),
            ("workersStopped", Int64(counts.workersStopped)), ("serversKilled", Int64(counts.serversKilled)),
            ("serversStopped", Int64(counts.serversStopped)),
            ("medianMillisecondsToFailure", delay(0.5).milliseconds),
            ("mostMillisecondsToFailure", delay(1).milliseconds), ("slowestMilliseconds", slowest.milliseconds),
        ]
        let fields = numbers.map { "\"\($0.0)\":\($0.1)" }
        let lists = [("failed", wrong), ("left", left)].map { name, list in
            "\"\(name)\":[\(list.prefix(20).map(Self.quoted).joined(separator: ","))]"
        }
        return "{\"method\":\"\(method.rawValue)\",\"holds\":\(holds),\((fields + lists).joined(separator: ","))}\n"
    }

    private func delay(_ share: Double) -> Duration {
        deathDelays.isEmpty ? .zero : deathDelays[Int(share * Double(deathDelays.count - 1))]
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20: " "
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
