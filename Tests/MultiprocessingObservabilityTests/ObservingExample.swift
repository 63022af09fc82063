// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import InMemoryTracing
import Multiprocessing
import MultiprocessingObservability
import Tracing

// From ObservingAPool.md of the library.

enum WorkerTracer: WorkerInstrumentation {
    static func bootstrap() { InstrumentationSystem.bootstrap(InMemoryTracer()) }
}

func makeObservedPool() throws -> ProcessPool {
    var companions = WorkCompanions()
    companions.relayLogs()
    companions.carryTraces(by: WorkerTracer.self)
    return try ProcessPool(workers: 4, companions: companions)
}
