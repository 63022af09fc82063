// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

// Kills and stops a pool's workers, and the fork server they come from, at random moments while work flows, and checks
// that every piece of work ends as exactly one value or one failure, that nothing hangs, and that nothing is left.
//
//     swift run -c release chaos                                     100,000 pieces of work by each start method, in minutes
//     swift run -c release chaos --methods spawn --seconds 60        by one, for a time
//     swift run -c release chaos values                              no chaos: values of many shapes, there and back
//     swift run -c release chaos --pieces 2000 --seed 17 --json      the same decisions as before; a line of JSON each
//
// Status 0 when all holds, 1 when something did not, 3 when something hung.
//
// Each start method has a process of its own, which begins with one thread: `.fork` asks for that. The code is
// synchronous up to where its pool is made.

if CommandLine.arguments.dropFirst().elementsEqual(["values"]) { Values.begin() }

switch ChaosOptions.read(CommandLine.arguments.dropFirst()) {
case nil:
    Console.complain(ChaosOptions.usage)
    exit(64)
case let options?:
    if let mark = Mark.ofThisProcess { ChaosRun.begin(options, mark) }
    exit(EachMethod.run(options))
}
