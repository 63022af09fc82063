// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import Glibc
import LetterCounting
import TestSupport
import Testing

@testable import Multiprocessing
@testable import lettercount

/// Files that are counted together give what they give one by one.
@Suite struct SummedBatchTests {
    private static func numbered(_ folder: String, isSummed: Bool) throws -> NumberedDocuments {
        let documents = BatchDocuments(documents: try SourceList(parsing: [folder]).documents)
        return NumberedDocuments(
            documents: isSummed ? documents.inAnyOrder : documents, names: NamesUnderway(isKept: false),
            isSummed: isSummed)
    }

    private static func files(of folder: String) throws -> (files: FolderFiles, first: Int) {
        var documents = try numbered(folder, isSummed: true).makeIterator()
        let found = documents.nextFiles(atMost: 100)
        return try #require(found)
    }

    @Test func `every file is in one batch, with a number of its own`() throws {
        try withTemporaryDirectory { folder in
            for number in 0..<700 { try TestFile.write("x", to: "\(folder)/\(number)") }
            let batches = BatchSequence(
                sources: try Self.numbered(folder, isSummed: true), batching: Batching(workers: 2, isAllowed: true))
            var (names, files) = ([String](), 0)
            for batch in batches {
                #expect(batch.sources.map(\.index) == Array(names.count..<names.count + batch.count))
                names += batch.sources.map(\.source.name)
                files += batch.files?.reduce(0) { $0 + $1.count } ?? 0
            }
            #expect(Set(names) == Set((0..<700).map { "\(folder)/\($0)" }) && names.count == 700)
            #expect(files == 700)
            let alone = BatchSequence(
                sources: try Self.numbered(folder, isSummed: false), batching: Batching(workers: 2, isAllowed: true))
            #expect(alone.allSatisfy { $0.files == nil })
        }
    }

    @Test func `a batch of files arrives as it was sent`() throws {
        try withTemporaryDirectory { folder in
            for name in ["a", "ä 🦜", "line\nbreak", "deep"] { try TestFile.write("x", to: "\(folder)/\(name)") }
            let (files, first) = try Self.files(of: folder)
            let batch = SourceBatch([files, files], first: first + 3)
            var bytes: [UInt8] = []
            try MessageCoding<SourceBatch>.codable().encode(batch, into: &bytes)
            let found = try MessageCoding<SourceBatch>.codable().decode(bytes[...])
            #expect(found.files == batch.files && found.count == 8)
            #expect(found.sources.map(\.index) == Array(3..<11))
            #expect(found.sources.map(\.source.name) == batch.sources.map(\.source.name))
        }
    }

    @Test(arguments: TextInterpretation.allCases) func `a work of files arrives as it was sent`(
        text: TextInterpretation
    ) throws {
        try withTemporaryDirectory { folder in
            for name in ["a", "ä 🦜", "line\nbreak"] { try TestFile.write("x", to: "\(folder)/\(name)") }
            let (files, first) = try Self.files(of: folder)
            for isCompact in [true, false] {
                let limits = ReadLimits(timeout: 7.5, connectTimeout: 2, retries: 9, maximumBytes: isCompact ? 12 : nil)
                let task = CountTask(
                    text: text, grain: .block, limits: limits, kernelName: isCompact ? "portable" : nil,
                    isChecked: isCompact)
                let batch = CountBatch(
                    items: SourceBatch([files, files], first: first + 5), task: task, wholeUpTo: 1 << 40,
                    place: isCompact ? nil : 3)
                var bytes: [UInt8] = []
                try CountBatch.workCoding.encode(batch, into: &bytes)
                let found = try CountBatch.workCoding.decode(bytes[...])
                #expect(found.items.files == batch.items.files && found.items.firstIndex == batch.items.firstIndex)
                #expect(found.task.text == text && found.task.grain == .block && found.task.limits == limits)
                #expect(found.task.kernelName == task.kernelName && found.task.isChecked == isCompact)
                #expect(found.wholeUpTo == 1 << 40 && found.place == batch.place)
            }
        }
    }

    @Test func `bytes that are cut short are refused`() throws {
        var whole = CompactBytes()
        whole.put(7)
        whole.put("some text".utf8)
        for count in whole.bytes.indices {
            var bytes = CompactBytes(reading: Array(whole.bytes.prefix(count)))
            #expect(throws: MessageIsCutShort.self) {
                _ = try bytes.take(Int.self)
                _ = try bytes.takeText()
            }
        }
        var bytes = CompactBytes(reading: whole.bytes)
        #expect(try bytes.take(Int.self) == 7)
        #expect(try bytes.takeText() == "some text")
    }

    @Test func `a sum arrives as it was sent`() throws {
        var counts = BatchCounts()
        counts.sum.add(LetterCounter.count(Array("yyyyz".utf8)), byteCount: 9)
        var bytes: [UInt8] = []
        try CountBatch.outputCoding.encode(counts, into: &bytes)
        let found = try CountBatch.outputCoding.decode(bytes[...])
        #expect(found.sum.letters == counts.sum.letters && found.sum.byteCount == 9 && found.sum.documents == 1)
        #expect(found.entries.isEmpty)
    }

    @Test(arguments: TextInterpretation.allCases)
    func `the sum is that of all, and what cannot be counted stands beside it`(
        text: TextInterpretation
    ) async throws {
        try await withTemporaryDirectory { folder in
            for number in 0..<50 {
                let bytes = (0..<number * number * 41).map { UInt8(truncatingIfNeeded: $0 &* (number + 7) >> 3) }
                try TestFile.write(bytes, to: "\(folder)/\(number)")
            }
            let (files, first) = try Self.files(of: folder)
            let items = SourceBatch([files], first: first)
            let task = CountTask(text: text, grain: .document, limits: ReadLimits(maximumBytes: 60_000))
            // A C string, for the call.
            #expect(unsafe unlink("\(folder)/17") == 0)
            let each = try await CountBatch(items: SourceBatch(items.sources), task: task, wholeUpTo: 40_000).run()
            let summed = try await CountBatch(items: items, task: task, wholeUpTo: 40_000).run()
            #expect(Self.told(each).filter { !$0.hasPrefix("counted") } == Self.told(summed))
            let whole = each.entries.compactMap { _, entry in
                if case .counted(let counts) = entry { counts } else { nil }
            }
            #expect(summed.sum.documents == whole.count && whole.count > 20)
            #expect(summed.sum.byteCount == whole.reduce(0) { $0 + $1.byteCount })
            #expect(summed.sum.letters == whole.reduce(LetterCounts()) { $0 + $1.letters })
        }
    }

    private static func told(_ counts: BatchCounts) -> [String] {
        counts.entries.map { position, entry in
            switch entry {
            case .counted: "counted \(position)"
            case .failed(let failure): "\(position): \(failure)"
            case .large(let file): "\(position): \(file.path), \(file.byteCount)"
            }
        }
    }
}
