// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing

/// Programs that are ended, or end themselves, in the middle of something.
enum EndingProbe: String {
    /// Its works ignore what asks a process politely to end.
    case stubborn
    /// Its works have started programs of their own.
    case grandchildren
    /// Its works end it: when they are encoded, or when their outputs are decoded.
    case exitEncoding, crashEncoding, exitDecoding, crashDecoding

    func run(_ method: StartMethod) -> Never {
        let pool: ProcessPool
        do { pool = try ProcessPool(workers: 2, by: method) } catch { ProbeEnd.now(2) }
        switch self {
        case .stubborn: for _ in 0..<2 { Task { try await pool.run(Stubborn()) } }
        case .grandchildren: for _ in 0..<2 { Task { try await pool.run(StartingProgram()) } }
        case .exitEncoding: meet(Mishap(.exit, while: .encodingWork), pool)
        case .crashEncoding: meet(Mishap(.segmentationFault, while: .encodingWork), pool)
        case .exitDecoding: meet(Mishap(.exit, while: .decodingOutput), pool)
        case .crashDecoding: meet(Mishap(.segmentationFault, while: .decodingOutput), pool)
        }
        dispatchMain()
    }

    private func meet(_ mishap: Mishap, _ pool: ProcessPool) {
        Task { try await pool.run(MeetingMishap(mishap)) }
    }
}

struct Stubborn: Work {
    func run() {
        for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_IGN) }
        StandardOutput.print("begun \(getpid())")
        while true { pause() }
    }
}

struct StartingProgram: Work {
    func run() {
        // Says so itself when it runs; the command is a literal.
        _ = unsafe system("echo begun $$; exec sleep 1000")
    }
}
