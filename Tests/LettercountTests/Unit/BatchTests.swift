// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import TestSupport
import Testing

@testable import Multiprocessing
@testable import lettercount

@Suite struct BatchTests {
    private static func file(_ index: Int) -> NumberedSource {
        NumberedSource(index: index, source: .document(.file("/\(index)")))
    }

    private static func web(_ index: Int) -> NumberedSource {
        NumberedSource(index: index, source: .document(.web("http://x/\(index)")))
    }

    private static func batches(_ sources: [NumberedSource], _ batching: Batching) -> [[Int]] {
        BatchSequence(sources: sources, batching: batching).map { $0.sources.map(\.index) }
    }

    @Test func `files go alone at first and then more and more together, in their order, none twice or lost`() {
        let batches = Self.batches((0..<5_000).map(Self.file), Batching(workers: 2, isAllowed: true))
        #expect(batches.flatMap(\.self) == Array(0..<5_000))
        #expect(batches.prefix(16).allSatisfy { $0.count == 1 })
        #expect(batches.dropLast().map(\.count) == batches.dropLast().map(\.count).sorted())
        #expect(batches.map(\.count).max() == Batching.most)
    }

    @Test func `what is known to follow makes the first batches larger, and the last ones smaller`() {
        let batching = Batching(workers: 2, isAllowed: true)
        #expect(batching.size(of: .file, after: 1, ahead: (1_000, false)) == 62)
        #expect(batching.size(of: .file, after: 100_000, ahead: (1_000, false)) == Batching.most)
        var (left, sizes) = (900, [Int]())
        while left > 0 {
            sizes.append(batching.size(of: .file, after: 100_000, ahead: (left, true)))
            left -= sizes[sizes.count - 1]
        }
        #expect(left == 0 && sizes == sizes.sorted(by: >) && sizes.suffix(4) == [1, 1, 1, 1])
    }

    @Test func `what is no file goes alone, and so does everything where batches are not allowed`() {
        let mixed = (0..<4_000).map { $0 % 100 == 99 ? Self.web($0) : Self.file($0) }
        let batches = Self.batches(mixed, Batching(workers: 1, isAllowed: true))
        #expect(batches.flatMap(\.self) == Array(0..<4_000))
        for batch in batches where batch.contains(where: { $0 % 100 == 99 }) { #expect(batch.count == 1) }
        let alone = Self.batches((0..<500).map(Self.file), Batching(workers: 1, isAllowed: false))
        #expect(alone.allSatisfy { $0.count == 1 })
    }

    @Test func `documents of the web go together where a worker reads several at a time`() {
        let sources = (0..<2_000).map { $0 % 500 == 499 ? Self.file($0) : Self.web($0) }
        let batches = Self.batches(sources, Batching(workers: 2, isAllowed: true, window: 10))
        #expect(batches.flatMap(\.self) == Array(0..<2_000))
        #expect(batches.prefix(2).map(\.count) == [10, 10])
        #expect(batches.map(\.count).max() == 40)
        for batch in batches where batch.contains(where: { $0 % 500 == 499 }) { #expect(batch.count == 1) }
        let alone = Self.batches(sources, Batching(workers: 2, isAllowed: false, window: 10))
        #expect(alone.allSatisfy { $0.count == 1 })
    }

    @Test func `a batch arrives as it was sent, whether its numbers follow one another or not`() throws {
        let batches = [
            (5..<9).map(Self.file), [Self.file(3), Self.file(1)], [Self.web(4)], [],
            [NumberedSource(index: 7, source: .document(.file("a file\nwith ä 🦜 and 100%")))],
        ]
        for sources in batches {
            let coding = MessageCoding<SourceBatch>.codable()
            let found = try coding.roundTrip(SourceBatch(sources)).sources
            #expect(found.map(\.index) == sources.map(\.index))
            #expect(found.map(\.source.name) == sources.map(\.source.name))
        }
    }

    @Test func `what became of the documents keeps its order on the way`() throws {
        let failure = DocumentFailure(document: "/x", reason: .noSuchFile)
        var counts = BatchCounts([
            .counted(DocumentCounts(letters: LetterCounter.count(Array("abc".utf8)), byteCount: 3)), .failed(failure),
            .counted(DocumentCounts(letters: LetterCounter.count(Array("zz".utf8)), byteCount: 2)),
        ])
        counts.sum.add(LetterCounter.count(Array("yyyy".utf8)), byteCount: 9)
        counts.sum.add(LetterCounter.count(Array("y".utf8)), byteCount: 1)
        let arrived = try MessageCoding<BatchCounts>.codable().roundTrip(counts)
        #expect(arrived.sum.documents == 2 && arrived.sum.byteCount == 10 && arrived.sum.letters["y"] == 5)
        #expect(arrived.entries.map(\.position) == [0, 1, 2])
        let found = arrived.entries.map { _, entry -> String in
            switch entry {
            case .counted(let counts): "\(counts.letters.total) of \(counts.byteCount)"
            case .failed(let failure): failure.description
            case .large: "large"
            }
        }
        #expect(found == ["3 of 3", failure.description, "2 of 2"])
    }

    @Test(arguments: TextInterpretation.allCases) func `a large file counts the same in parts`(
        text: TextInterpretation
    ) async throws {
        try await withTemporaryDirectory { folder in
            try await Self.checkParts(of: folder + "/large", text)
        }
    }

    private static func checkParts(of path: String, _ text: TextInterpretation) async throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        try TestFile.write(bytes, to: path)
        let task = CountTask(text: text, grain: .document, limits: ReadLimits())
        let whole = NumberedSource(index: 3, source: .document(.file(path)))
        let answer = try await CountBatch(items: SourceBatch([whole]), task: task, wholeUpTo: 10_000).run()
        guard case .large(let file)? = answer.entries.first?.entry else {
            Issue.record("it was counted: \(answer)")
            return
        }
        var large = LargeFiles(task, workers: 2)
        var ends = 0
        for part in large.begin(whole, file, partByteCount: 70_000) {
            let counts = try await CountBatch(items: SourceBatch([part]), task: task, wholeUpTo: .max).run()
            guard case .counted(let counts)? = counts.entries.first?.entry else { continue }
            guard let (source, result) = large.end(part.index, .success(counts)) else { continue }
            ends += 1
            #expect(source.source.name == path)
            #expect(try result.get().letters == LetterCounter.count(bytes, text: text))
            #expect(try result.get().byteCount == 300_000)
        }
        #expect(ends == 1)
    }

    @Test func `a larger file has larger parts, and enough of them for all workers`() {
        let (least, most) = (LargeFiles.leastPart, LargeFiles.mostPart)
        for workers in [1, 2, 64] {
            for byteCount in [2 * least + 1, 530_000_000, 10_000_000_000, 1 << 42] {
                let size = LargeFiles.partByteCount(of: byteCount, workers: workers)
                #expect((least...most).contains(size) && size % least == 0)
                #expect(size == least || byteCount / size >= 32 * UInt64(workers))
            }
        }
        #expect(LargeFiles.partByteCount(of: 2 << 30, workers: 2) == 4 * least)
        #expect(LargeFiles.partByteCount(of: 1 << 42, workers: 2) == most)
    }

    @Test func `of a large file of which a part fails, the whole fails, once and at the end`() throws {
        let task = CountTask(text: .letters, grain: .document, limits: ReadLimits())
        let reader = FileReader(limits: ReadLimits(), wholeUpTo: 0)
        var counter = PrivateCounter(task)
        guard case .large(let file) = try reader.read("/etc/passwd", into: &counter) else {
            Issue.record("it was read")
            return
        }
        var large = LargeFiles(task, workers: 2)
        let parts = large.begin(
            NumberedSource(index: 0, source: .document(.file("/etc/passwd"))), file, partByteCount: 300)
        #expect(parts.count > 2)
        for (number, part) in parts.enumerated() {
            let counts = DocumentCounts(letters: LetterCounts(), byteCount: 1)
            let end = large.end(part.index, number == 1 ? .failure(.cancelled) : .success(counts))
            #expect((end != nil) == (number == parts.count - 1))
            if let end { #expect(throws: WorkFailure.self) { _ = try end.result.get() } }
        }
    }
}

extension MessageCoding {
    /// There and back.
    fileprivate func roundTrip(_ value: Value) throws -> Value {
        var bytes: [UInt8] = []
        try encode(value, into: &bytes)
        return try decode(bytes[...])
    }
}
