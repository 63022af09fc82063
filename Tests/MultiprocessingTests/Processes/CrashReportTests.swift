// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

/// What every pool's reports say, under every start method.
@Suite("A crash report of a pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct CrashReportContractTests {
    @Test("of processes", arguments: PoolContract.reports, ContractRun.processes)
    func contract(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}

@Suite("A crash report of a child", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct CrashReportTests {
    static let methods = [StartMethod.spawn, .forkServer]

    @Test("says what it did and where it was", arguments: methods)
    func whole(_ method: StartMethod) async throws {
        let report = try await report(of: Crashing(.fatalError), by: method, WorkerSettings())
        #expect(report.workType == "Contracts.Crashing")
        #expect(report.trapMessage?.hasSuffix("Fatal error: the reactor is on fire") == true)
        #expect(try #require(report.ran) > .zero)
        #expect((report.backtrace != nil) == CrashRecorder.isAvailable)
        if let frames = report.backtrace?.frames {
            #expect(frames.contains { $0.symbol?.contains("Crashing.fall") == true })
            #expect(frames.contains { $0.image?.contains("libswiftCore") == true })
        }
    }

    @Test("has no backtrace where none is wanted", arguments: methods)
    func withoutBacktrace(_ method: StartMethod) async throws {
        var settings = WorkerSettings()
        settings.recordsBacktraces = false
        let report = try await report(of: Crashing(.fatalError), by: method, settings)
        #expect(report.backtrace == nil)
        #expect(report.trapMessage != nil)
    }

    @Test("keeps the last words of output that is thrown away", arguments: methods)
    func discarded(_ method: StartMethod) async throws {
        var settings = WorkerSettings()
        settings.output = .discarded
        let report = try await report(of: Crashing(.fatalError), by: method, settings)
        #expect(report.trapMessage != nil)
    }

    private func report(
        of work: Crashing, by method: StartMethod, _ settings: WorkerSettings
    ) async throws -> CrashReport {
        let child = try ChildProcess.start(work, by: method, settings: settings)
        guard case .failure(.died(let report)) = await child.outcome else { throw WorkFailure.cancelled }
        return report
    }
}

/// Records, messages and descriptions by themselves.
@Suite struct CrashRecordTests {
    private let record = "\u{1e}mp-crash1 42 4 7f01:101:0 7f02:2:1 99\u{1f}\u{1f}/lib/libc.so.6\n"

    @Test func `a record is taken out of the text around it`() throws {
        let (text, records) = CrashRecord.separate(Array("before\n\(record)after\n".utf8))
        #expect(String(decoding: text, as: UTF8.self) == "before\nafter\n")
        let found = try #require(records.first)
        #expect(records.count == 1)
        #expect(found.processIdentifier == 42)
        #expect(found.signal == 4)
        #expect(
            found.places == [
                .init(address: 0x7f01, image: "", offset: 0x101),
                .init(address: 0x7f02, image: "/lib/libc.so.6", offset: 2), .init(address: 0x99, image: nil, offset: 0),
            ])
    }

    @Test func `a record behind an unfinished line ends it`() {
        let (text, records) = CrashRecord.separate(Array("unended\(record)".utf8))
        #expect(String(decoding: text, as: UTF8.self) == "unended\n")
        #expect(records.count == 1)
    }

    @Test(arguments: [
        "a \u{1e} b\n", "\u{1e}mp-crash1 x 4\n", "\u{1e}mp-crash1 1 4 7:8:9\n", "\u{1e}mp-crash1 1 4", "\u{1e}",
        "\u{1e}mp-crash1 1 4 zz\n", "",
    ])
    func `what only looks like one stays`(_ line: String) {
        let (text, records) = CrashRecord.separate(Array(line.utf8))
        #expect(String(decoding: text, as: UTF8.self) == line)
        #expect(records.isEmpty)
    }

    @Test(arguments: [
        ("a.swift:3: Fatal error: no\nCurrent stack trace:\n0 x\n", "a.swift:3: Fatal error: no"),
        (
            "Swift/Array.swift:9: Fatal error: Index out of range",
            "Swift/Array.swift:9: Fatal error: Index out of range"
        ),
        ("*** Swift runtime failure: arithmetic overflow ***\n", "Swift runtime failure: arithmetic overflow"),
        ("Fatal error: one\r\nFatal error: two\r\n", "Fatal error: two"), ("all is well\n", nil), ("", nil),
    ])
    func `a trap's message is the last one`(_ text: String, _ message: String?) {
        #expect(TrapMessage.last(in: text) == message)
    }

    @Test(arguments: [
        ("A.B.(c in _0123456789ABCDEF0123456789ABCDEF)(Swift.Int) -> Swift.Int", "A.B.c(Int) -> Int"),
        ("closure #1 in A.(b in _0123456789ABCDEF0123456789ABCDEF)()", "closure #1 in A.b()"),
        ("f in _x", "f in _x"), ("(f in _0123)", "(f in _0123)"), ("main", "main"), ("", ""),
    ])
    func `a name is shown as one would write it`(_ name: String, _ short: String) {
        #expect(SymbolName.short(name) == short)
    }

    @Test func `a description fits on one screen whatever is in it`() {
        var words = LastWords()
        words.append(Array(String(repeating: "\t\(String(repeating: "ä", count: 300))\n", count: 50).utf8))
        let places = (0..<48).map { CrashRecord.Place(address: UInt64($0) + 1, image: nil, offset: 0) }
        words.backtrace = .init(CrashRecord(processIdentifier: 1, signal: 6, places: places))
        var record = ExitRecord()
        (record.ending, record.status, record.dumpedCore) = (.signaled, SIGABRT, true)
        (record.userMicroseconds, record.peakMemoryBytes) = (1_250_000, 10 << 20)
        let name = WorkName(Speaking(word: String(repeating: "long ", count: 100)))
        let report = CrashReport(
            work: name, attempt: 3, ran: .milliseconds(12), processIdentifier: 4_711, record: record, lastWords: words)
        let lines = "\(report)".split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24)
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines[1] == "  it ran for 12.0 ms, used 1.2 s of processor time, had up to 10.0 MiB")
        #expect(lines.last == "    and 34 callers more")
    }
}

extension CrashRecord {
    /// One that nobody has written.
    fileprivate init(processIdentifier: Int32, signal: Int32, places: [Place]) {
        let words = places.map { " " + String($0.address, radix: 16) }.joined()
        let line = Array("mp-crash1 \(processIdentifier) \(signal)\(words)".utf8)
        guard let record = CrashRecord(line[...]) else { preconditionFailure("it is one") }
        self = record
    }
}
