// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

/// Words that travel beside the work, and notices that come back.
@Suite("Companions of work", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct CompanionTests {
    /// `.fork` is tested from a probe with one thread.
    static let methods = [StartMethod.spawn, .forkServer]

    private static var carrying: WorkCompanions {
        var companions = WorkCompanions()
        companions.carry(Tag.self)
        companions.carry(OuterTag.self)
        return companions
    }

    private func expectWords(in pool: some WorkerPool) async throws {
        // The first task's tag must not be the next one's.
        for number in 1...3 {
            let text = try await Tag.$current.withValue("t\(number)") { try await pool.run(ReadTag()) }
            #expect(text == "t\(number) ä\u{0} for ReadTag, around it the tag t\(number) ä\u{0} for ReadTag")
        }
        #expect(try await pool.run(ReadTag()) == "none, around it the tag none")
        let texts = try await Tag.$current.withValue("m") { try await pool.map((1...20).map { _ in ReadTag() }) }
        #expect(Set(texts) == ["m ä\u{0} for ReadTag, around it the tag m ä\u{0} for ReadTag"])
        await pool.shutDown()
    }

    @Test("words arrive in processes", arguments: methods)
    func words(_ method: StartMethod) async throws {
        try await expectWords(in: ProcessPool(workers: 2, by: method, companions: Self.carrying))
    }

    @Test("words arrive in threads")
    func wordsInThreads() async throws { try await expectWords(in: ThreadPool(workers: 2, companions: Self.carrying)) }

    @Test("words arrive in a child", arguments: methods)
    func wordsInChild(_ method: StartMethod) async throws {
        try await Tag.$current.withValue("c") {
            let child = try ChildProcess.start(ReadTag(), by: method, companions: Self.carrying)
            let text = try await child.outcome.get()
            #expect(text == "c ä\u{0} for ReadTag, around it the tag c ä\u{0} for ReadTag")
            #expect(await child.exitStatus == .exited(0))
        }
    }

    @Test("nothing captured is not a byte of a request")
    func nothing() throws {
        var companions = WorkCompanions()
        companions.carry(Tag.self)
        let type = WorkType<ReadTag>.known
        let plain = try type.request(ReadTag()).bytes
        #expect(try type.request(ReadTag(), carrying: companions.captured()).bytes == plain)
        let tagged = try Tag.$current.withValue("t") {
            try type.request(ReadTag(), carrying: companions.captured()).bytes
        }
        #expect(tagged.count > plain.count)
        companions.carry(Tag.self)
        #expect(Tag.$current.withValue("t") { companions.captured().count } == 1)
    }

    @Test("words that are cut are refused, wherever they are cut")
    func cutWords() throws {
        let request = try Tag.$current.withValue("t") {
            try WorkType<Square>.known.request(Square(number: 1), carrying: Self.carrying.captured())
        }
        let bytes = request.bytes.dropFirst(Frame.headSize)
        let ownCount = try ReceivedWork(ReceivedBody(bytes: bytes)).body.bytes.count
        for count in 0..<bytes.count - ownCount {
            #expect(throws: MessageCodingError.self) { try ReceivedWork(ReceivedBody(bytes: bytes.prefix(count))) }
        }
        // A carrier that is not there, or that is no carrier, changes nothing.
        let strange = [CarriedWords(carrier: "Si", words: [:]), CarriedWords(carrier: "no name", words: [:])]
        let other = try WorkType<Square>.known.request(Square(number: 1), carrying: strange)
        _ = try ReceivedWork(ReceivedBody(bytes: other.bytes.dropFirst(Frame.headSize)))
    }

    /// Collects steps, and says what was wrong with their order.
    private final class Steps: Sendable {
        private let steps = Mutex<[Int32: [StepDone]]>([:])

        var companions: WorkCompanions {
            var companions = WorkCompanions()
            companions.handle(StepDone.self) { [self] step, processIdentifier in
                steps.withLock { $0[processIdentifier, default: []].append(step) }
            }
            return companions
        }

        func take() -> [Int32: [StepDone]] {
            steps.withLock { steps in
                defer { steps = [:] }
                return steps
            }
        }
    }

    private static func areInOrder(_ steps: [StepDone], paddingCount: Int) -> Bool {
        Dictionary(grouping: steps, by: \.thread).allSatisfy { thread, steps in
            steps.map(\.step) == Array(0..<steps.count)
                && steps.allSatisfy { step in
                    step.padding.count == paddingCount
                        && step.padding.allSatisfy { $0 == UInt8(truncatingIfNeeded: thread) }
                }
        }
    }

    @Test("notices of several threads arrive whole, in order and before the outcome", arguments: methods, [0, 100_000])
    func notices(_ method: StartMethod, _ paddingCount: Int) async throws {
        let steps = Steps()
        let pool = try ProcessPool(workers: 1, by: method, companions: steps.companions)
        for _ in 1...2 {
            let count = try await pool.run(TellingSteps(threads: 3, steps: 50, paddingCount: paddingCount))
            #expect(count == 150)
            let arrived = steps.take()
            #expect(arrived.keys.sorted() == pool.processIdentifiers)
            let all = try #require(arrived.values.first)
            #expect(all.count == 150)
            #expect(Self.areInOrder(all, paddingCount: paddingCount))
        }
        await pool.shutDown()
    }

    @Test("notices of a child arrive before its outcome", arguments: methods)
    func noticesOfChild(_ method: StartMethod) async throws {
        let steps = Steps()
        let child = try ChildProcess.start(
            TellingSteps(threads: 2, steps: 20), by: method, companions: steps.companions)
        #expect(try await child.outcome.get() == 40)
        #expect(steps.take()[child.processIdentifier]?.count == 40)
        #expect(await child.exitStatus == .exited(0))
    }

    @Test("notices that nobody handles are dropped", arguments: methods)
    func unhandled(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 1, by: method)
        #expect(try await pool.run(TellingSteps(threads: 2, steps: 20)) == 40)
        await pool.shutDown()
    }

    @Test("notices between and during other work disturb no answer", arguments: methods)
    func talker(_ method: StartMethod) async throws {
        let steps = Steps()
        let pool = try ProcessPool(workers: 1, by: method, companions: steps.companions)
        try await pool.run(LeavingTalker())
        #expect(try await pool.map((1...500).map(Square.init)) == (1...500).map { $0 * $0 })
        await pool.shutDown()
        let arrived = try #require(steps.take().values.first)
        #expect(Self.areInOrder(arrived, paddingCount: 0))
    }

    @Test("a notice that cannot be encoded says so and is not sent", arguments: methods)
    func refused(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 1, by: method)
        #expect(try await pool.run(PostingRefused()).hasSuffix("RefusedNotice.Refused"))
        #expect(try await pool.run(AskingForRole()))
        await pool.shutDown()
    }

    @Test("only workers have somebody to tell")
    func notAWorker() throws {
        #expect(!WorkerProcess.isWorker)
        #expect(try !WorkerProcess.post(StepDone(thread: 0, step: 0, padding: [])))
    }

    @Test(
        "bytes that are no notice are dropped", arguments: [[], [1], [200, 0, 65], [1, 0, 65], [0, 0]] as [[UInt8]])
    func garbage(_ bytes: [UInt8]) {
        let steps = Steps()
        steps.companions.deliver(ReceivedBody(bytes: bytes[...]), from: 1)
        let name = Array(NoticeFrame.name(of: StepDone.self).utf8)
        steps.companions.deliver(ReceivedBody(bytes: ([UInt8(name.count), 0] + name + bytes)[...]), from: 1)
        #expect(steps.take().isEmpty)
    }

    @Test("words and notices travel from and to a process with one thread", arguments: StartMethod.allCases)
    func probe(_ method: StartMethod) async throws {
        let result = try await Program.run(
            try BuiltProducts.path(of: "Probe"), ["companions", method.rawValue])
        #expect(result.status == .exited(0))
        #expect(result.standardOutput == "p ä\u{0} for ReadTag, none\n40 of 40\n")
    }
}
