// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Multiprocessing

// A small program that tests start, in order to look at it from outside or to be in a process with one thread.
//
//     Probe contract fork|spawn|forkserver SENTENCE   checks one contract; prints what was violated
//     Probe children fork|spawn|forkserver            starts five children and waits for them, without any concurrency
//     Probe busy fork|spawn|forkserver                a pool with two workers at endless work: prints their numbers
//     Probe idle fork|spawn|forkserver                a pool with two idle workers: prints their numbers
//     Probe child fork|spawn|forkserver SENTENCE      checks one contract of a child; prints what was violated
//     Probe settled-pool fork|spawn|forkserver        a pool with settings, one of whose workers is replaced
//     Probe preloading forkserver                     starts a child whose server preloads without end
//     Probe inheritance fork|spawn|forkserver FOLDER  prints what a worker has of its parent, a row a line
//     Probe processors spawn                          prints the number of usable processors
//     Probe printing fork|spawn|forkserver            a child that prints, and then the parent does
//     Probe poolLines … fork|spawn|forkserver         workers that write: see OutputProbe
//     Probe forgotten fork|spawn|forkserver           leaves main with a pool and a child still alive
//     Probe ENDING fork|spawn|forkserver              see EndingProbe, InterruptProbe, LeavingProbe and ScopeProbe
//     Probe WAIT fork|spawn|forkserver                see WaitingProbe
//     Probe manyChildren|manyWorkers METHOD COUNT     so many processes at once
//     Probe companions fork|spawn|forkserver          prints what a carrier brought along and how many notices came back
//
// The code is synchronous up to where a pool is made: `.fork` needs a process with one thread.

let arguments = CommandLine.arguments.dropFirst()
guard let command = arguments.first, let method = arguments.dropFirst().first.flatMap(StartMethod.init) else {
    StandardOutput.print("usage: Probe COMMAND METHOD [SENTENCE]")
    ProbeEnd.now(64)
}

switch command {
case "contract": Probe.contract(arguments.last ?? "", method)
case "children": Probe.children(method)
case "busy": Probe.hold(method, isBusy: true)
case "idle": Probe.hold(method, isBusy: false)
case "printing": Probe.letPrint(method)
case "forgotten": Probe.forget(method)
case "child": Probe.childContract(arguments.last ?? "", method)
case "settled-pool": SettingsProbe.pool(method)
case "inheritance": MovedState.measure(method, in: arguments.last ?? "/tmp")
case "preloading": SettingsProbe.preloadForEver()
case "companions": CompanionProbe.run(method)
case "processors":
    StandardOutput.print("\(Machine.current.usableProcessors)")
    ProbeEnd.now(0)
default:
    EndingProbe(rawValue: command)?.run(method)
    InterruptProbe(rawValue: command)?.run(method)
    ScopeProbe(rawValue: command)?.run(method)
    WaitingProbe(rawValue: command)?.run(method)
    ManyProbe(rawValue: command)?.run(method, count: arguments.last.flatMap { Int($0) } ?? 1)
    OutputProbe(rawValue: command)?.run(method)
    guard let leaving = LeavingProbe(rawValue: command) else { ProbeEnd.now(64) }
    // Returns where the end of this file is the end of the program.
    leaving.run(method)
}
