// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CorpusServer
import Documents
import Glibc
import LetterCounting
import Multiprocessing
import TestSupport
import Testing

@testable import lettercount

@Suite struct PlanTests {
    private func plan(
        _ arguments: [String], processors: Int = 4, environment: [String: String] = [:]
    ) throws -> CountPlan {
        let typed = try #require(try Lettercount.parseAsRoot(arguments) as? Count)
        return try CountPlan(typed, machine: Machine(usableProcessors: processors)) { environment[$0] }
    }

    @Test func `without a source it is the embedded server, by threads, with a table`() throws {
        let plan = try plan([])
        guard case .embeddedServer(let corpus) = plan.input else {
            Issue.record("\(plan.input)")
            return
        }
        #expect(corpus.names.count == 20)
        #expect(plan.model == CountingModel(.threads) && plan.workers == 20)
        #expect(plan.text == .letters && plan.verbosity == .normal)
        #expect(plan.limits == ReadLimits())
        let answer = try #require(plan.answer as? ReportAnswer)
        #expect(answer.format == .table)
        guard case .standardOutput = answer.destination else {
            Issue.record("\(answer.destination)")
            return
        }
    }

    @Test(arguments: [
        (["rfc:1-3"], 3), (["rfc:1-1000"], 32), (["http://a/", "/dev/null"], 2), (["/tmp"], 4), (["/dev/null"], 1),
        (["/tmp", "http://a/"], 32), (["/tmp", "--workers", "7"], 7), (["/tmp", "-m", "sequential"], 1),
        (["rfc:1-100", "-m", "processes"], 4), (["-", "-m", "processes"], 1),
        (["rfc:1-100", "-m", "processes", "--sync", "atomic"], 32), (["rfc:1-1000", "--connections", "100"], 100),
    ])
    func `the number of workers follows from the sources`(arguments: [String], workers: Int) throws {
        #expect(try plan(arguments).workers == workers)
    }

    @Test(arguments: [
        (["rfc:1-100"], 1), (["rfc:1-100", "-m", "processes"], 8), (["rfc:1-20", "-m", "processes"], 5),
        (["rfc:1-3", "-m", "processes"], 1), (["rfc:1-100", "-m", "processes", "--workers", "50"], 1),
        (["rfc:1-1000", "-m", "processes", "--connections", "100"], 25), (["/tmp", "-m", "processes"], 1),
        (["rfc:1-1000", "--workers", "3", "--connections", "100"], 34), (["rfc:1-1000", "--connections", "100"], 1),
        (["rfc:1-100", "-m", "processes", "--ipc", "shared-memory"], 1), (["rfc:1-100", "-m", "sequential"], 1),
    ])
    func `workers without a table share the documents that are under way`(arguments: [String], window: Int) throws {
        #expect(try plan(arguments).window == window)
    }

    @Test(arguments: [
        ["-m", "sequential", "--connections", "2"], ["--sync", "mutex", "--connections", "2"], ["--connections", "0"],
        ["-m", "processes", "--ipc", "shared-memory", "--connections", "2"], ["--connections", "1025"],
    ])
    func `connections that cannot be had are refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try plan(arguments + ["rfc:1-9"]) }
    }

    @Test func `many processors are used also with URLs`() throws {
        #expect(try plan(["rfc:1-1000"], processors: 64).workers == 64)
        #expect(try plan(["/tmp"], processors: 64).workers == 64)
    }

    @Test func `a large file is for all processors, a small one for one worker`() throws {
        try withTemporaryDirectory { folder in
            try TestFile.write("small", to: folder + "/small")
            try TestFile.write("", to: folder + "/large")
            // A C string for the call; nothing is written.
            try #require(unsafe truncate(folder + "/large", 17 << 20) == 0)
            #expect(try plan([folder + "/small"], processors: 8).workers == 1)
            #expect(try plan([folder + "/large"], processors: 8).workers == 8)
            #expect(try plan([folder + "/large", "--workers", "1"], processors: 8).workers == 1)
            #expect(try plan([folder + "/small", folder + "/large", "-m", "processes"], processors: 8).workers == 8)
            #expect(try plan([folder + "/large", "-m", "sequential"], processors: 8).workers == 1)
        }
    }

    @Test func `processes begin by the fork server unless told otherwise`() throws {
        #expect(try plan(["-m", "processes"]).model.startMethod == .forkServer)
        #expect(try plan(["-m", "processes", "--start-method", "fork"]).model.startMethod == .fork)
        #expect(try plan(["-m", "processes", "--start-method", "spawn"]).model.startMethod == .spawn)
    }

    @Test func `a table is shared only when synchronisation is named, and then letter by letter`() throws {
        func model(_ arguments: String...) throws -> CountingModel { try plan(["-m"] + arguments).model }
        #expect(try model("threads") == CountingModel(.threads, sync: .sharded, grain: .document))
        #expect(try model("threads", "--sync", "none") == CountingModel(.threads, sync: TableSync.none, grain: .letter))
        #expect(try model("tasks", "--sync", "mutex", "--grain", "block").grain == .block)
        #expect(try model("processes").ipc == .messages)
        #expect(try model("processes", "--sync", "atomic").ipc == .sharedMemory)
        #expect(try model("processes", "--ipc", "shared-memory").sync == .sharded)
        #expect(try model("threads", "--sync", "atomic").name == "threads/atomic")
        #expect(try model("processes", "--start-method", "fork").name == "processes/fork/messages")
    }

    @Test func `options become limits`() throws {
        let limits = try plan(["--timeout", "2.5", "--retries", "7", "--max-bytes", "1000"]).limits
        #expect(limits == ReadLimits(timeout: 2.5, connectTimeout: 2.5, retries: 7, maximumBytes: 1_000))
    }

    @Test func `the base of RFCs comes from the option, the environment, or is the editor's`() throws {
        func first(_ arguments: [String], _ environment: [String: String] = [:]) throws -> String? {
            guard case .sources(let list) = try plan(["rfc:7"] + arguments, environment: environment).input else {
                return nil
            }
            return list.documents.first { _ in true }?.description
        }
        let variable = ["LETTERCOUNT_RFC_BASE": "http://variable/"]
        #expect(try first([]) == "https://www.rfc-editor.org/rfc/rfc7.txt")
        #expect(try first([], variable) == "http://variable/rfc7.txt")
        #expect(try first(["--rfc-base", "http://option"], variable) == "http://option/rfc7.txt")
        #expect(try first([], ["LETTERCOUNT_RFC_BASE": ""]) == "https://www.rfc-editor.org/rfc/rfc7.txt")
    }

    @Test(arguments: [
        (["rfc:x"], Ending.usage), (["/no/such/file"], .noInput), (["-", "-o", "/no/such/folder/x"], .outputFailed),
    ])
    func `each refusal has its code`(arguments: [String], ending: Ending) throws {
        let refusal = #expect(throws: Refusal.self) { try self.plan(arguments) }
        #expect(refusal?.ending == ending)
    }
}
