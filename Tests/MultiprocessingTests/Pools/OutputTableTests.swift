// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Multiprocessing

/// What a submission's outcomes are taken from, and where outputs are put.
@Suite("Outputs of an iteration", .leavesNothingBehind)
struct OutputTableTests {
    struct Three: BitwiseCopyable, Codable, Sendable, Equatable {
        var red: UInt8
        var green: UInt16
        var blue: UInt8
    }

    private func frames<Output>(_ outputs: [Output], _ coding: MessageCoding<Output>) throws -> OutputFrames {
        var bytes: [UInt8] = [9, 9]
        for output in outputs {
            var frame = Frame.begin(.output)
            try coding.encode(output, into: &frame)
            Frame.finish(&frame, tag: 7)
            bytes += frame.bytes
        }
        // Not at the beginning of their array.
        return OutputFrames(bytes[2...], count: outputs.count)
    }

    private func check<Output: Sendable & Equatable>(_ values: [Output], _ coding: MessageCoding<Output>) throws {
        var table = OutputTable(coding, expecting: 2)
        try table.put(try frames(Array(values[3...]), coding), from: 3)
        table.put(values[1], at: 1)
        table.put(values[0], at: 0)
        try table.put(try frames([values[2]], coding), from: 2)
        #expect(table.all() == values)
    }

    @Test("stand in the order of their works, whatever came first")
    func order() throws {
        try check((0..<8).map { $0 * 1_000_003 }, .bytes())
        try check((0..<8).map { Three(red: $0, green: 500 + UInt16($0), blue: 255 - $0) }, .bytes())
        try check([true, false, false, true, true], .bytes())
        try check(["a", "", "ccc", "ä", "e"], .codable())
        try check((0..<6).map { [Int](repeating: 1, count: $0) }, .codable())
    }

    @Test("may have no size")
    func nothing() throws {
        var table = OutputTable(MessageCoding<Void>.bytes(), expecting: 0)
        try table.put(try frames([(), (), ()], .bytes()), from: 1)
        table.put((), at: 0)
        #expect(table.all().count == 4)
    }

    @Test("of another type or size are refused, wherever among others they are")
    func others() throws {
        let good = try frames([1, 2, 3], MessageCoding<Int>.bytes())
        let wrong = try frames([true], MessageCoding<Bool>.bytes())
        for place in 0..<2 {
            var bytes: [UInt8] = []
            for (index, frames) in [good, good].enumerated() {
                var (frames, wrong) = (frames, wrong)
                while let output = frames.next() { bytes += head(output.count) + output }
                if index == place, let output = wrong.next() { bytes += head(output.count) + output }
            }
            let mixed = OutputFrames(bytes[...], count: 7)
            var table = OutputTable(MessageCoding<Int>.bytes(), expecting: 7)
            #expect(throws: WorkFailure.self) { try table.put(mixed, from: 0) }
        }
    }

    private func head(_ count: Int) -> [UInt8] {
        var frame = Frame.begin(.output)
        frame.bytes += [UInt8](repeating: 0, count: count)
        Frame.finish(&frame)
        return Array(frame.bytes.prefix(Frame.headSize))
    }

    @Test("leave the window as they are taken, in any order")
    func window() throws {
        var window = FlowWindow()
        window.add([10, 20, 30, 40])
        #expect(window.count == 4 && window.byteCount == 100 && window.next == 4)
        let together = WorkArrival(index: 1, outcome: .outputs(try frames([5, 6], MessageCoding<Int>.bytes())))
        let alone = WorkArrival(index: 3, outcome: .failure(.cancelled))
        let isThere = window.take([together, alone])
        #expect(isThere)
        let records = window.nextRecords()
        #expect(records?.index == 1 && records?.frames.count == 2)
        #expect(window.count == 2 && window.byteCount == 50)
        #expect(window.nextRecords() == nil)
        #expect(window.nextArrival()?.index == 3)
        #expect(window.byteCount == 10 && window.nextArrival() == nil)
        let last = window.take([WorkArrival(index: 0, outcome: .outputs(try frames([4], MessageCoding<Int>.bytes())))])
        #expect(last)
        #expect(window.nextRecord()?.index == 0)
        #expect(window.count == 0 && window.byteCount == 0 && window.start == 4)
    }

    @Test("leave the window in so long a run that it forgets the first")
    func longRun() throws {
        var window = FlowWindow()
        window.add([Int](repeating: 1, count: 1_000))
        for index in 0..<1_000 {
            let isThere = window.take([WorkArrival(index: index, outcome: .failure(.cancelled))])
            #expect(isThere && window.nextArrival()?.index == index)
            #expect(window.count == 999 - index && window.byteCount == 999 - index)
        }
        #expect(window.start == 1_000)
    }
}
