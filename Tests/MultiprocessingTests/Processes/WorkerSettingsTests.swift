// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Settings of a worker", .leavesNothingBehind(after: { ForkServer.stop() }))
struct WorkerSettingsTests {
    @Test("over a child by every start method", arguments: ChildContract.withSettings, StartMethod.allCases)
    func holds(_ contract: ChildContract, by method: StartMethod) async throws { try await contract.holds(by: method) }

    @Test("limits over a child by every start method", arguments: ChildContract.limited, StartMethod.allCases)
    func limits(_ contract: ChildContract, by method: StartMethod) async throws { try await contract.holds(by: method) }

    @Test("over a pool: each worker has them, and a replacement does", arguments: StartMethod.allCases)
    func pool(_ method: StartMethod) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(probe, ["settled-pool", method.rawValue])
        #expect(result.standardOutput == "drawing /usr 1048576\ndrawing /usr 1048576\n")
        #expect(result.status == .exited(0))
    }

    @Test(
        "a name is cut at fifteen bytes and no character in two",
        arguments: [
            ("", ""), ("short", "short"), ("exactly fifteen", "exactly fifteen"),
            ("exactly fifteen!", "exactly fifteen"),
            ("fourteen bytesé", "fourteen bytes"),
        ])
    func shortened(_ name: String, _ short: String) { #expect(OwnSurroundings.shortened(name) == short) }

    @Test func `settings that ask for nothing are no message`() {
        #expect(SettingsFrame.message(WorkerSettings(), isStartedAnew: false, preload: []).bytes.isEmpty)
        var settings = WorkerSettings()
        settings.environment = .changed([:])
        #expect(SettingsFrame.message(settings, isStartedAnew: false, preload: []).bytes.isEmpty)
    }

    @Test(arguments: [[], [""], ["a", "", "ü\0"], Array(repeating: "x", count: 300)])
    func `texts are read as they were written, and cut ones are none`(_ texts: [String]) {
        let bytes = SettingsFrame.texts(texts)
        var reader = SettingsReader(rest: bytes[...])
        #expect(reader.texts() == texts)
        for count in 0..<bytes.count {
            var reader = SettingsReader(rest: bytes.prefix(count))
            #expect(reader.texts() == nil)
        }
    }
}
