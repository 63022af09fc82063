// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

@Suite("The start method where none is named")
struct StartMethodTests {
    @Test func `is the fork server's, wherever there can be one, however many processors there are`() {
        for processors in [1, 2, 64] {
            #expect(StartMethod.default(on: Machine(usableProcessors: processors, canServeForks: true)) == .forkServer)
        }
    }

    @Test func `is spawn on a machine that cannot have a server, and never fork`() {
        #expect(StartMethod.default(on: Machine(usableProcessors: 2, canServeForks: false)) == .spawn)
    }

    @Test(
        "is one of three, that are read by their names", .origin("_test_multiprocessing.TestStartMethod.test_get_all"))
    func all() {
        #expect(StartMethod.allCases == [.fork, .spawn, .forkServer])
        #expect(StartMethod.allCases.map { StartMethod(rawValue: $0.rawValue) } == StartMethod.allCases)
        #expect(StartMethod(rawValue: "thread") == nil)
    }

    @Test func `is that of this machine`() {
        #expect(StartMethod.default == StartMethod.default(on: .current))
        // The tests of the fork server pass here.
        #expect(Machine.current.canServeForks)
    }
}
