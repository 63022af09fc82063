// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Logging
import Multiprocessing
import MultiprocessingObservability

// A small program with a log, as a user would write it: its main bootstraps the log, and its workers know nothing of it.
//
//     ObservabilityProbe fork|spawn|forkserver    a pool whose work logs; prints the messages as they arrive
//
// The code is synchronous up to where the pool is made: `.fork` needs a process with one thread.

guard let method = CommandLine.arguments.dropFirst().first.flatMap(StartMethod.init) else {
    fatalError("usage: ObservabilityProbe METHOD")
}

LoggingSystem.bootstrap(PrintingHandler.init)
var companions = WorkCompanions()
companions.relayLogs()
companions.carryTraces(by: NoTracer.self)
let pool = try ProcessPool(workers: 1, by: method, companions: companions)
Task {
    for number in 1...2 { try await pool.run(Greeting(number: number)) }
    await pool.shutDown()
    ProbeEnd.now()
}
dispatchMain()
