// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Parcels", .leavesNothingBehind)
struct ParcelTests {
    struct Doubling: Work, BitwiseCopyable {
        var number: Int32
        var isOdd = false
        func run() throws -> Int64 {
            if isOdd { throw Odd() }
            return 2 * Int64(number)
        }
    }

    struct Odd: Error {}

    struct Measuring: Work {
        var text: String
        func run() async -> Int { text.utf8.count }
    }

    private func answers<W: Work>(to parcel: WorkParcel, from first: Int = 0, of type: W.Type) async throws
        -> [MessageBody]
    {
        let message = parcel.message(from: first, tag: 3)
        let answers = Monitor<[MessageBody]>([])
        await ReceivedParcel.answer(
            ReceivedBody(bytes: message.bytes[Frame.headSize...]), WorkTypeMemory()
        ) { answer in
            answers.update { [answer] in $0.append(answer) }
            return true
        }
        return answers.update { $0 }
    }

    private func outputs<W: Work>(_ answers: [MessageBody], of type: W.Type) throws -> [W.Output?] {
        try answers.map { answer in
            let head = try #require(Frame.head(answer.bytes.prefix(Frame.headSize)))
            guard head.kind == .output else { return nil }
            return try W.outputCoding.decode(answer.bytes[Frame.headSize...])
        }
    }

    private var head: [UInt8] { WorkRequest.head(WorkType<Doubling>.known.nameBytes, carrying: []) }

    @Test("of works that are bytes are the same whether the works are added one by one or all at once")
    func sameBytes() throws {
        let works = (0..<9).map { Doubling(number: $0, isOdd: false) }
        let mark = try #require(Doubling.workCoding.mark)
        var (single, together) = (WorkParcel(head: head), WorkParcel(head: head))
        for work in works.dropFirst(2) { #expect(try single.append(work, Doubling.workCoding)) }
        together.append(works, 2..<works.count, as: mark)
        #expect(together.count == 7)
        for first in 0..<7 {
            #expect(together.message(from: first, tag: 5).bytes == single.message(from: first, tag: 5).bytes)
        }
    }

    @Test("are answered work by work, in order, and a failure is its own work's only")
    func inOrder() async throws {
        let works = (0..<6).map { Doubling(number: $0, isOdd: $0 == 3) }
        var parcel = WorkParcel(head: head)
        parcel.append(works, 0..<6, as: try #require(Doubling.workCoding.mark))
        let all = try await answers(to: parcel, of: Doubling.self)
        #expect(try outputs(all, of: Doubling.self) == [0, 2, 4, nil, 8, 10])
        let rest = try await answers(to: parcel, from: 4, of: Doubling.self)
        #expect(try outputs(rest, of: Doubling.self) == [8, 10])
        let failure = try MessageDecoder.decode(RemoteFailure.self, from: all[3].bytes[Frame.headSize...])
        #expect(failure.stage == .running)
    }

    @Test("of works that are coded are answered alike")
    func coded() async throws {
        var parcel = WorkParcel(head: WorkRequest.head(WorkType<Measuring>.known.nameBytes, carrying: []))
        for length in [0, 3, 70_000, 1] {
            #expect(try parcel.append(Measuring(text: String(repeating: "a", count: length)), Measuring.workCoding))
        }
        let all = try await answers(to: parcel, of: Measuring.self)
        #expect(try outputs(all, of: Measuring.self) == [0, 3, 70_000, 1])
    }

    @Test("that are cut anywhere are answered as far as they can be read")
    func cut() async throws {
        var parcel = WorkParcel(head: head)
        parcel.append((0..<3).map { Doubling(number: $0) }, 0..<3, as: try #require(Doubling.workCoding.mark))
        let whole = parcel.message(from: 0, tag: 1).bytes[Frame.headSize...]
        let step = WorkParcel.byteCount(of: try #require(Doubling.workCoding.mark))
        for count in 0..<whole.count {
            let answers = Monitor(0)
            await ReceivedParcel.answer(ReceivedBody(bytes: whole.prefix(count)), WorkTypeMemory()) { _ in
                answers.update { $0 += 1 }
                return true
            }
            let there = (count - (whole.count - 3 * step)) / step
            if count >= 4 + head.count { #expect(answers.update { $0 } == max(0, there), "\(count) bytes") }
        }
    }

    @Test("with works of another type are refused, each in its place")
    func wrongType() async throws {
        var parcel = WorkParcel(head: head)
        #expect(try parcel.append(Measuring(text: "no number"), Measuring.workCoding))
        parcel.append([Doubling(number: 4)], 0..<1, as: try #require(Doubling.workCoding.mark))
        let all = try await answers(to: parcel, of: Doubling.self)
        #expect(try outputs(all, of: Doubling.self) == [nil, 8])
    }

    @Test("stop where the worker is told not to go on")
    func stopped() async throws {
        var parcel = WorkParcel(head: head)
        parcel.append((0..<5).map { Doubling(number: $0) }, 0..<5, as: try #require(Doubling.workCoding.mark))
        let message = parcel.message(from: 0, tag: 1)
        let answers = Monitor(0)
        await ReceivedParcel.answer(ReceivedBody(bytes: message.bytes[Frame.headSize...]), WorkTypeMemory()) { _ in
            answers.update {
                $0 += 1
                return $0 < 2
            }
        }
        #expect(answers.update { $0 } == 2)
    }
}
